import { createParser } from '../../../parser/create-parser.js'
import type { ServerSentEvent } from '../../../wire/types.js'
import { ConformanceError, expectThat, type CaseOf } from '../suite.js'

/** What a message is made of, as the suite hands it to `send`. */
export interface SuiteMessage {
  /** The event type. Default: none is written. */
  event?: string
  /** The text. */
  data: string
}

/** A server to put to the test. Only `url` is needed; the more there is, the more cases run. */
export interface ServerAdapter {
  /** Where the event stream is. */
  url: string | URL
  /** Sent with every request, to be let in. */
  headers?: NonNullable<RequestInit['headers']>
  /** Answers the requests of the suite. Default: the global `fetch`. A handler of web requests fits. */
  fetch?: (request: Request) => Response | PromiseLike<Response>
  /** Makes the server send one event to its readers. May throw for what the server refuses. */
  send?: (message: SuiteMessage) => unknown
  /** How many readers the server holds, by its own count. */
  connections?: () => number | PromiseLike<number>
}

export interface ServerContext extends ServerAdapter {
  /** Milliseconds each wait may take. */
  readonly timeout: number
  /** Milliseconds to look out for what should not come. */
  readonly watch: number
}

export type ServerCase = CaseOf<ServerContext>

/** One reader of the server under test. */
export class Reader {
  readonly response: Response
  readonly events: ServerSentEvent[] = []
  private readonly _chunks: Uint8Array[] = []
  private readonly _abort: AbortController
  private readonly _timeout: number
  private _over = false

  private constructor(response: Response, abort: AbortController, timeout: number) {
    this.response = response
    this._abort = abort
    this._timeout = timeout
    void this._read()
  }

  /** Resolves once the head of the answer is there. */
  static async open(context: ServerContext, lastEventId?: string): Promise<Reader> {
    const abort = new AbortController()
    const answer = request(context, abort.signal, lastEventId)
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), context.timeout)
    })
    const response = await Promise.race([answer, late])
      .catch(noAnswer)
      .finally(() => clearTimeout(timer))
    if (!response) {
      abort.abort()
      answer.catch(() => {})
      expectThat(false, `no head of an answer within ${context.timeout} ms`)
    }
    return new Reader(response, abort, context.timeout)
  }

  /** Opens a reader, and lets go of it after `use`. */
  static async with<T>(
    context: ServerContext,
    use: (reader: Reader) => Promise<T> | T,
    lastEventId?: string,
  ): Promise<T> {
    const reader = await Reader.open(context, lastEventId)
    try {
      return await use(reader)
    } finally {
      await reader.close()
    }
  }

  /** The stream as far as it has come. */
  get bytes(): Uint8Array {
    const all = new Uint8Array(this._chunks.reduce((length, chunk) => length + chunk.length, 0))
    let at = 0
    for (const chunk of this._chunks) {
      all.set(chunk, at)
      at += chunk.length
    }
    return all
  }

  get text(): string {
    return new TextDecoder().decode(this.bytes)
  }

  /** Waits until `holds`, the stream is over or time is up; tells which by the result of `holds`. */
  async until(holds: () => boolean): Promise<boolean> {
    return (await poll(() => holds() || this._over, this._timeout)) && holds()
  }

  async close(): Promise<void> {
    this._over = true
    this._abort.abort()
    if (this.response.body && !this.response.body.locked) await this.response.body.cancel().catch(() => {})
  }

  private async _read(): Promise<void> {
    const parser = createParser({ onEvent: (event) => void this.events.push(event) })
    const reader = this.response.body?.getReader()
    this._abort.signal.addEventListener('abort', () => void reader?.cancel().catch(() => {}), { once: true })
    try {
      for (let read = await reader?.read(); read && !read.done; read = await reader!.read()) {
        this._chunks.push(read.value)
        parser.feed(read.value)
      }
    } catch {
      // A connection that is lost ends the stream; the case at work says what is missing.
    }
    this._over = true
  }
}

/** Node's `fetch` says why in the cause alone. */
function noAnswer(error: unknown): never {
  const { message = String(error), cause } = error as Partial<Error>
  const reason = cause instanceof Error ? `: ${cause.message || String((cause as { code?: unknown }).code)}` : ''
  throw new ConformanceError(`no answer to the request: ${message}${reason}`, { cause: error })
}

/** Asks for the stream. The answer is the caller's to read or cancel. */
export async function request(context: ServerContext, signal: AbortSignal, lastEventId?: string): Promise<Response> {
  const headers = new Headers(context.headers)
  headers.set('accept', 'text/event-stream')
  if (lastEventId !== undefined) headers.set('last-event-id', lastEventId)
  const send = context.fetch ?? ((asked: Request) => fetch(asked))
  return send(new Request(context.url, { headers, signal, cache: 'no-store' }))
}

export async function poll(holds: () => boolean | PromiseLike<boolean>, duration: number): Promise<boolean> {
  const deadline = performance.now() + duration
  while (!(await holds())) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  return true
}
