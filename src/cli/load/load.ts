import { setTimeout as sleep } from 'node:timers/promises'
import { SingleBar } from 'cli-progress'
import Table from 'cli-table3'
import { CommandError, EXIT } from '../command-error.js'
import { requestOptionsOf } from '../request-options.js'
import { onInterrupt } from '../terminal/interrupt.js'
import { canRewrite, jsonLine, paintFor, visible } from '../terminal/paint.js'
import { write } from '../terminal/write.js'
import { LoadReader } from './reader.js'
import { Tally } from './tally.js'

export interface LoadValues {
  request?: string
  header?: Record<string, string>
  data?: string
  connections: number
  ramp: number
  for: number
  timeout: number
  sentAt?: string
  json?: boolean
}

const LONGEST_MS = 3_600_000
const STEP_MS = 20

/** Opens, holds, measures, and closes all it opened. */
export async function load(url: URL, values: LoadValues): Promise<void> {
  const { connections, ramp } = values
  if (ramp + values.for > LONGEST_MS)
    throw new CommandError('--ramp and --for take an hour together at most', EXIT.usage)
  const abort = new AbortController()
  const stop = onInterrupt(() => abort.abort())
  const tally = new Tally()
  const readers: LoadReader[] = []
  const options = { ...requestOptionsOf(values), timeout: values.timeout, sentAt: values.sentAt }
  const bar = startBar(ramp + values.for, connections)
  const started = performance.now()
  const elapsed = (): number => performance.now() - started
  // The time to hold begins when the last connection is open, or has failed: each has its timeout for that.
  let heldFrom: number | undefined
  while (elapsed() < (heldFrom ?? Infinity) + values.for && !abort.signal.aborted) {
    const due = ramp === 0 ? connections : Math.min(connections, Math.ceil((connections * elapsed()) / ramp) || 1)
    while (readers.length < due) readers.push(new LoadReader(url, options, tally))
    if (tally.openedInAll + tally.failures >= connections) heldFrom ??= elapsed()
    // Where nothing works there is nothing to wait for.
    if (tally.failures === connections) break
    bar?.update(Math.round(elapsed()), {
      open: tally.open,
      failed: tally.failures,
      rate: rate(tally.events, elapsed()),
    })
    await sleep(STEP_MS, undefined, { signal: abort.signal }).catch(() => {})
  }
  const seconds = elapsed() / 1000
  bar?.stop()
  const stayed = tally.open
  for (const reader of readers) reader.close()
  stop()
  const outcome = { connections, tally, seconds, stayed }
  await write(values.json ? `${jsonLine(summary(outcome))}\n` : told(outcome))
  if (tally.failures > 0) process.exitCode = EXIT.failed
}

function startBar(ms: number, connections: number): SingleBar | undefined {
  if (!canRewrite(process.stderr)) return undefined
  const format = `{bar} {percentage}% | {open}/${connections} open, {failed} failed | {rate} events/s`
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, clearOnComplete: true })
  bar.start(ms, 0, { open: 0, failed: 0, rate: 0 })
  return bar
}

const rate = (amount: number, ms: number): number => Math.round(amount / Math.max(0.001, ms / 1000))

interface Outcome {
  readonly connections: number
  readonly tally: Tally
  readonly seconds: number
  /** Connections that were open at the end. */
  readonly stayed: number
}

function summary({ connections, tally, seconds, stayed }: Outcome) {
  return {
    connections,
    opened: tally.openedInAll,
    stayed,
    failed: tally.failures,
    errors: Object.fromEntries(tally.errors),
    seconds: Math.round(seconds * 10) / 10,
    events: tally.events,
    eventsPerSecond: rate(tally.events, seconds * 1000),
    bytes: tally.bytes,
    bytesPerSecond: rate(tally.bytes, seconds * 1000),
    latencies: tally.latencies(),
  }
}

function told(outcome: Outcome): string {
  const { tally } = outcome
  const paint = paintFor(process.stdout)
  const sum = summary(outcome)
  const lines = [
    `connections  ${sum.opened} of ${sum.connections} opened, ${sum.stayed} stayed, ${sum.failed} failed`,
    `events       ${sum.events}, ${sum.eventsPerSecond} a second`,
    `bytes        ${sum.bytes}, ${sum.bytesPerSecond} a second`,
    ...[...tally.errors].map(([reason, times]) => paint.red(`failed       ${visible(reason)}: ${times}`)),
  ]
  const grid = new Table({ head: ['ms', 'p50', 'p90', 'p99', 'max', 'n'], style: { head: [], border: [] } })
  for (const [name, { p50, p90, p99, max, count }] of Object.entries(sum.latencies)) {
    grid.push([name, p50, p90, p99, max, count])
  }
  return `${lines.join('\n')}\n${grid.length > 0 ? `${grid.toString()}\n` : ''}`
}
