import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { encode } from 'eventwire/encoder'
import { acceptsEventStream, eventStream, type Session, type StreamMessage } from 'eventwire/server'
import type { EventLog, LogEntry } from './event-log.js'

/** What a server does wrong on purpose. Counts are of events of one connection. */
export interface Faults {
  /** The connection is lost in the middle of the event after so many. */
  readonly cutAfter?: number | undefined
  /** Nothing more is sent after so many, no heartbeat either. */
  readonly stallAfter?: number | undefined
  /** So many requests are refused with 503 first. */
  readonly failFirst?: number | undefined
  /** Milliseconds before the head of an answer. */
  readonly delay?: number | undefined
  /** `Last-Event-ID` means nothing. */
  readonly noResume?: boolean | undefined
}

export interface LogHandlerOptions extends Faults {
  readonly retry: number
  readonly heartbeat: number
  /** Milliseconds between two events of a connection. */
  readonly interval: number
  /** The stream ends with the log, and a reader that has it all is told to stop. */
  readonly end?: boolean | undefined
  readonly cors?: string | undefined
  /** New readers start with what comes next. */
  readonly live?: boolean | undefined
  onRequest?(request: IncomingMessage, lastEventId: string): void
}

/** Answers requests with the events of `log`: from its start, or after the reader's last event ID. */
export function createLogHandler(log: EventLog, options: LogHandlerOptions) {
  let refused = 0
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (options.cors !== undefined) {
      response.setHeader('access-control-allow-origin', options.cors)
      response.setHeader('access-control-allow-headers', 'last-event-id, content-type, authorization, cache-control')
    }
    if (request.method === 'OPTIONS') return void response.writeHead(204, { allow: 'GET, HEAD, POST, OPTIONS' }).end()
    if (!acceptsEventStream(request)) {
      return void response.writeHead(406, { 'content-type': 'text/plain' }).end('This is an event stream.\n')
    }
    if (options.delay) await sleep(options.delay)
    if (refused < (options.failFirst ?? 0)) {
      refused++
      return void response.writeHead(503, { 'retry-after': '1', 'content-type': 'text/plain' }).end('Busy.\n')
    }
    answer(log, options, { request, response })
  }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

function answer(log: EventLog, options: LogHandlerOptions, { request, response }: Exchange): void {
  const asked = options.noResume ? '' : lastEventIdOf(request)
  options.onRequest?.(request, asked)
  const place = log.placeOf(asked)
  const isOver = (): boolean => options.end === true && log.ended
  if (isOver() && asked !== '' && !place.gap && place.next > log.last) return void response.writeHead(204).end()

  const source = async function* (session: Session): AsyncGenerator<StreamMessage> {
    let next = asked === '' && options.live ? log.last + 1 : place.next
    let sent = 0
    if (place.gap) yield gapMessage({ reason: place.gap, requested: asked }, next, log)
    while (!session.signal.aborted) {
      if (next < log.first) {
        yield gapMessage({ reason: 'trimmed', requested: log.at(next - 1)?.id ?? '' }, log.first, log)
        next = log.first
      }
      const entry = log.at(next)
      if (!entry) {
        if (isOver()) return
        await log.more(session.signal)
        continue
      }
      if (sent === options.cutAfter) return cutInside(entry, session, response)
      if (sent === options.stallAfter) return stall(session)
      if (sent > 0 && options.interval > 0 && !(await pause(options.interval, session.signal))) return
      yield entry.message as StreamMessage
      next++
      sent++
    }
  }
  eventStream(request, response, source, { retry: options.retry, heartbeat: options.heartbeat })
}

const lastEventIdOf = (request: IncomingMessage): string => {
  const field = request.headers['last-event-id']
  if (typeof field === 'string') return Buffer.from(field, 'latin1').toString('utf8')
  return new URL(request.url ?? '/', 'http://localhost').searchParams.get('lastEventId') ?? ''
}

/** Tells a reader that it missed something; its id is the place that the reader is now at. */
function gapMessage(data: { reason: string; requested: string }, next: number, log: EventLog): StreamMessage {
  const before = log.at(next - 1)
  return { event: 'reset', data, ...(before && { id: before.id }) }
}

async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false)
}

/** Half of an event, then the connection is lost. What was sent before has been taken. */
async function cutInside(entry: LogEntry, session: Session, response: ServerResponse): Promise<void> {
  await session.drained()
  const text = encode(entry.message)
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.socket?.destroySoon())
  await new Promise<void>((resolve) => session.signal.addEventListener('abort', () => resolve(), { once: true }))
}

async function stall(session: Session): Promise<void> {
  if (session.signal.aborted) return
  await new Promise<void>((resolve) => session.signal.addEventListener('abort', () => resolve(), { once: true }))
}
