import { setMaxListeners } from 'node:events'
import { CommandError, EXIT } from '../command-error.js'
import { requestOptionsOf } from '../request-options.js'
import { onInterrupt } from '../terminal/interrupt.js'
import { canRewrite, visible } from '../terminal/paint.js'
import { write } from '../terminal/write.js'
import { audit } from './audit.js'
import { FairClock } from './fair-clock.js'
import type { ReportFormat } from './report-format.js'
import { countOf, report, rowOfFinding, rowOfResult, type Row } from './report.js'
import { resultsOf } from './suites.js'

export interface CheckValues {
  request?: string
  header?: Record<string, string>
  data?: string
  parser?: string
  client?: string
  direct?: URL
  echo?: string
  origin?: string
  oldId?: string
  timeout: number
  watch: number
  idleLimit: number
  readers: number
  format: ReportFormat
  json?: boolean
}

/** Audits a server, or runs a suite, and writes the report. The exit code says whether there was an error. */
export async function check(url: URL | undefined, values: CheckValues): Promise<void> {
  const subjects = [url, values.parser, values.client].filter((each) => each !== undefined)
  if (subjects.length !== 1) {
    throw new CommandError('check takes one of: an address, --parser FILE, --client FILE', EXIT.usage)
  }
  const abort = new AbortController()
  // Each connection of the audit listens to it.
  setMaxListeners(0, abort.signal)
  progress(url ? `watching for ${values.watch / 1000} s` : 'running the suite')
  const stop = onInterrupt(() => abort.abort())
  const rows: Row[] = []
  try {
    for await (const row of url ? rowsOfAudit(url, values, abort.signal) : rowsOfSuite(values, abort.signal)) {
      rows.push(row)
      progress(`${rows.length} looked at, the last: ${row.name}`)
      if (abort.signal.aborted) break
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error
  } finally {
    progress('')
    stop()
  }
  if (abort.signal.aborted) throw new CommandError('interrupted before there was an answer', EXIT.interrupted)
  await write(await report(rows, values.json ? 'json' : values.format))
  if (countOf(rows, 'error') > 0) process.exitCode = EXIT.failed
}

/** One line that is written over, for those who wait at a terminal. */
function progress(text: string): void {
  if (canRewrite(process.stderr)) process.stderr.write(`\r\u001b[K${visible(text).slice(0, 79)}`)
}

async function* rowsOfAudit(url: URL, values: CheckValues, signal: AbortSignal): AsyncGenerator<Row> {
  if (values.echo !== undefined && !(values.echo.includes('{}') && URL.canParse(values.echo))) {
    throw new CommandError('--echo takes a whole address with {} where the text goes', EXIT.usage)
  }
  const { direct, echo, origin, oldId, timeout, watch, idleLimit, readers } = values
  const clock = new FairClock()
  const context = { direct, echo, origin, oldId, timeout, watch, idleLimit, readers, clock, signal }
  try {
    const request = { url, ...requestOptionsOf(values) }
    for await (const found of audit({ ...context, request })) yield rowOfFinding(found)
  } finally {
    clock.close()
  }
}

async function* rowsOfSuite({ parser, client, timeout }: CheckValues, signal: AbortSignal): AsyncGenerator<Row> {
  const job =
    parser === undefined
      ? ({ kind: 'client', file: client!, timeout } as const)
      : ({ kind: 'parser', file: parser, timeout } as const)
  for await (const result of resultsOf(job, signal)) yield rowOfResult(result)
}
