import { createServer } from 'node:http'
import { CommandError, EXIT } from '../command-error.js'
import { onInterrupt } from '../terminal/interrupt.js'
import { visible } from '../terminal/paint.js'
import { note } from '../terminal/write.js'
import { EventLog } from './event-log.js'
import type { Format } from './guess-format.js'
import { followInput, loadFile } from './input.js'
import { closeServer, listen } from './listen.js'
import { createLogHandler } from './log-handler.js'

export interface ServeValues {
  port: number
  host: string
  format?: Format
  interval?: number
  history?: number
  live?: boolean
  end?: boolean
  retry: number
  heartbeat: number
  cors?: string
  cutAfter?: number
  stallAfter?: number
  failFirst?: number
  delay?: number
  resume: boolean
  quiet?: boolean
}

const KEPT = 1000
const TICK_MS = 1000

/** Serves until Ctrl-C. All it started has ended when it returns. */
export async function serve(file: string | undefined, values: ServeValues): Promise<void> {
  const isFile = file !== undefined && file !== '-'
  // A bad header value would only show at the first request.
  if (values.cors !== undefined && !/^(?:\*|[\x21-\x7e]+)$/.test(values.cors)) {
    throw new CommandError(`--cors takes an origin or *, not "${values.cors}"`, EXIT.usage)
  }
  const log = new EventLog(
    // The numbers of a file mean the same after a restart; those of a live stream do not.
    isFile ? limitOf(values, Infinity) : { ...limitOf(values, KEPT), prefix: `${Date.now().toString(36)}-` },
  )
  if (isFile) loadFile(file, values.format, log)

  const abort = new AbortController()
  const interrupted = new Promise<void>((resolve) => onInterrupt(resolve))
  const server = createServer(createLogHandler(log, handlerOptions(isFile, values)))
  const url = await listen(server, values.port, values.host)
  note(`${describe(file, log)} at ${url}; Ctrl-C ends`)

  const timer = file === undefined ? startTicks(log, values.interval ?? TICK_MS) : undefined
  const input = file === '-' ? followInput(values.format, log, abort.signal) : new Promise<never>(() => {})
  try {
    await Promise.race([interrupted, input.then(() => interrupted)])
  } finally {
    clearInterval(timer)
    abort.abort()
    await closeServer(server)
  }
}

const limitOf = ({ history }: ServeValues, fallback: number): { limit: number } => ({ limit: history ?? fallback })

function handlerOptions(isFile: boolean, values: ServeValues): Parameters<typeof createLogHandler>[1] {
  const { resume, quiet, interval, ...rest } = values
  return {
    ...rest,
    noResume: !resume,
    interval: isFile ? (interval ?? 0) : 0,
    onRequest(request, lastEventId) {
      if (quiet) return
      const from = lastEventId === '' ? '' : ` after ${visible(lastEventId)}`
      note(`${request.method} ${visible(request.url ?? '/')}${from}`)
    },
  }
}

function describe(file: string | undefined, log: EventLog): string {
  if (file === undefined) return 'a tick each second'
  if (file === '-') return 'standard input'
  return `${log.last} event${log.last === 1 ? '' : 's'} of ${file}`
}

function startTicks(log: EventLog, interval: number): ReturnType<typeof setInterval> {
  let number = 0
  return setInterval(
    () => log.append({ event: 'tick', data: JSON.stringify({ number: ++number, at: Date.now() }) }),
    Math.max(1, interval),
  )
}
