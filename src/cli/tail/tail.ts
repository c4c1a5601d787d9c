import { connect, ConnectError, type ConnectOptions, type StateChange } from 'eventwire/client'
import type { ServerSentEvent } from 'eventwire/parser'
import { CommandError, EXIT, messageOf } from '../command-error.js'
import { requestOptionsOf } from '../request-options.js'
import { onInterrupt } from '../terminal/interrupt.js'
import { paintFor, visible } from '../terminal/paint.js'
import { note, write } from '../terminal/write.js'
import { eventLine } from './event-line.js'
import { copyRaw } from './raw.js'
import type { TailValues } from './tail-values.js'

const MODES = ['auto', 'always', 'on-drop', 'never'] as const

/** Prints events until the stream is over. Returns when it ended well; the connection is closed either way. */
export async function tail(url: URL, values: TailValues): Promise<void> {
  const abort = new AbortController()
  const stop = onInterrupt(() => abort.abort())
  const timer = values.for === undefined ? undefined : setTimeout(() => abort.abort(), values.for)
  try {
    if (values.raw) await copyRaw(url, values, abort.signal)
    else await printEvents(url, values, abort.signal)
  } catch (error) {
    // What was asked for: Ctrl-C, or the end of --for.
    if (abort.signal.aborted) return
    throw error instanceof CommandError ? error : new CommandError(messageOf(error), exitCodeOf(error), error)
  } finally {
    clearTimeout(timer)
    stop()
  }
}

async function printEvents(url: URL, values: TailValues, signal: AbortSignal): Promise<void> {
  const types = values.event && new Set(values.event)
  const connection = connect(url, connectOptions(values, signal))
  const paint = paintFor(process.stdout)
  let left = values.count ?? Infinity
  for await (const event of connection) {
    if (types && !types.has(event.event)) continue
    await write(eventLine(event, { json: values.json === true, paint }))
    if (--left === 0) break
  }
}

function connectOptions(values: TailValues, signal: AbortSignal): ConnectOptions {
  const { method, headers, body } = requestOptionsOf(values)
  const { lastEventId, until } = values
  return {
    signal,
    method,
    headers,
    ...(body !== undefined && { body }),
    ...(lastEventId !== undefined && { lastEventId }),
    ...(values.idleTimeout !== undefined && { idleTimeout: values.idleTimeout }),
    ...(until !== undefined && { until: ({ data }: ServerSentEvent) => data === until }),
    resume: resumeOf(values.resume),
    reconnect: modeOf(values.reconnect),
    // A server that was never there is more likely misspelt than late.
    retryIf: (error, { number }) =>
      error.kind === 'network' && number === 1 && !error.response && !values.wait ? false : undefined,
    ...(values.comments && { onComment: (text: string) => note(`: ${visible(text)}`) }),
    ...(!values.quiet && tellState()),
  }
}

function tellState(): Pick<ConnectOptions, 'onOpen' | 'onState'> {
  const paint = paintFor(process.stderr)
  return {
    onOpen(response, { number, lastEventId }) {
      const from = lastEventId === '' ? '' : ` after ${visible(lastEventId)}`
      note(paint.green(`${number === 1 ? 'open' : 'open again'}: ${response.status}${from}`))
    },
    onState({ state, delay, error }: StateChange) {
      if (state !== 'waiting') return
      const why = error ? visible(messageOf(error)).replace(/\.$/, '') : 'the stream ended'
      note(paint.yellow(`${why}. Again in ${((delay ?? 0) / 1000).toFixed(1)} s`))
    },
  }
}

function resumeOf(text: string): 'header' | { query: string } | false {
  if (text === 'header') return 'header'
  if (text === 'none') return false
  const [, query] = /^query:(.+)$/.exec(text) ?? []
  if (query !== undefined) return { query }
  throw new CommandError(`--resume takes header, none or query:NAME, not "${text}"`, EXIT.usage)
}

function modeOf(text: string): (typeof MODES)[number] {
  const mode = MODES.find((each) => each === text)
  if (mode) return mode
  throw new CommandError(`--reconnect takes ${MODES.join(', ')}, not "${text}"`, EXIT.usage)
}

/** A request that cannot be made at all is a mistake in the command line. */
const exitCodeOf = (error: unknown): number => (error instanceof ConnectError ? EXIT.failed : EXIT.usage)
