import { connect, type Connection } from 'eventwire/client'
import type { ReaderModel } from './reader-model.js'

/** Our client gives a silent connection up after so long; the browser's never does. */
const IDLE_MS = 4000
export const SLOW_MS = 150

export interface RunningReader {
  close(): void
  slow: boolean
}

export interface OursOptions {
  readonly url: string
  readonly method: string
  /** What came, on its way to the parser. */
  onBytes(bytes: Uint8Array): void
  /** Requests and the heads of their answers. */
  onTalk(text: string): void
  onType(type: string): void
}

/** Runs our client. */
export function runOurs(model: ReaderModel, { url, method, onBytes, onTalk, onType }: OursOptions): RunningReader {
  const connection: Connection = connect(url, {
    method,
    backoff: { min: 800, max: 5000 },
    idleTimeout: IDLE_MS,
    fetch: async (address, init) => {
      const id = init.headers['Last-Event-ID'] ?? init.headers['last-event-id']
      onTalk(`→ ${method}${id === undefined ? '' : `, Last-Event-ID: ${id}`}`)
      const response = await fetch(address, init)
      onTalk(`← ${response.status} ${response.headers.get('content-type') ?? ''}`)
      return watched(response, onBytes)
    },
    onState: ({ state, delay, error }) => {
      const phase = state === 'paused' ? 'waiting' : state
      const wait = delay === undefined ? '' : ` Again in ${(delay / 1000).toFixed(1)} s.`
      model.enter(phase, error || wait ? `${told(error)}.${wait}` : '')
    },
  })
  const running: RunningReader = { slow: false, close: () => void connection.close() }
  void read(connection, { model, running, onType })
  return running
}

/** Without the address, which is that of the command's proxy. */
const told = (error: Error | undefined): string =>
  (error?.message ?? 'the stream ended').replace(/ \(https?:[^)]*\)/, '').replace(/\.$/, '')

interface Reading {
  readonly model: ReaderModel
  readonly running: RunningReader
  onType(type: string): void
}

async function read(connection: Connection, { model, running, onType }: Reading): Promise<void> {
  model.enter('connecting')
  try {
    for await (const { event, id, raw } of connection) {
      onType(event)
      model.take({ event, id, data: raw })
      if (running.slow) await new Promise((resolve) => setTimeout(resolve, SLOW_MS))
    }
  } catch (error) {
    model.enter('closed', error instanceof Error ? error.message : String(error))
  }
}

/** The same answer, whose bytes are seen on their way. Pulled by its reader: what is not read waits in the network. */
function watched(response: Response, onBytes: (bytes: Uint8Array) => void): Response {
  if (!response.body) return response
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>(
      {
        transform(bytes, controller) {
          onBytes(bytes)
          controller.enqueue(bytes)
        },
      },
      undefined,
      { highWaterMark: 0 },
    ),
  )
  const seen = new Response(body, response)
  Object.defineProperty(seen, 'url', { value: response.url })
  return seen
}

const TYPES = ['message', 'tick', 'reset']

/** Runs the EventSource of the browser. It only hears the event types that it was told of: `hear` adds one. */
export function runBrowsers(model: ReaderModel, url: string): RunningReader & { hear(type: string): void } {
  const source = new EventSource(url)
  const heard = new Set<string>()
  model.enter('connecting')
  source.addEventListener('open', () => model.enter('open'))
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) model.enter('closed', 'it gave up for good.')
    else {
      // It does not tell of its attempts, but each that fails comes by here, and the next one follows.
      model.attempts++
      model.enter('waiting', 'the connection was lost.')
    }
  })
  const hear = (type: string): void => {
    if (heard.has(type)) return
    heard.add(type)
    source.addEventListener(type, (event) => {
      if (!(event instanceof MessageEvent)) return
      model.take({ event: type, id: event.lastEventId, data: String(event.data) })
    })
  }
  for (const type of TYPES) hear(type)
  const close = (): void => {
    source.close()
    model.enter('closed')
  }
  return { slow: false, close, hear }
}
