import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { createParser, type Parser, type ServerSentEvent } from 'eventwire/parser'
import { messageOf } from '../command-error.js'

export interface ProbeRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: string | undefined
}

/** An event and when it was there, in milliseconds since the request went out. */
export interface SeenEvent extends ServerSentEvent {
  readonly at: number
  /** It brought an id of its own. */
  readonly hasId: boolean
}

const UNZIP: Record<string, () => NodeJS.ReadWriteStream> = {
  gzip: () => createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  deflate: () => createInflate({ flush: constants.Z_SYNC_FLUSH }),
  br: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
}

const MOST_EVENTS = 10_000

/**
 * One request and what came of it, with times. Owned by the audit that opened it, which closes it. Nothing here
 * throws or rejects: a failure is what is looked for.
 */
export class Probe {
  readonly events: SeenEvent[] = []
  readonly comments: number[] = []
  /** When bytes came. */
  readonly chunks: number[] = []
  status: number | undefined
  headers: IncomingHttpHeaders = {}
  headAt: number | undefined
  error: string | undefined
  ended = false
  text = ''
  readonly #started = performance.now()
  readonly #request
  readonly #waiting = new Set<() => void>()
  readonly #parser: Parser
  #hasId = false

  constructor({ url, method, headers, body }: ProbeRequest) {
    this.#parser = createParser({
      onEvent: (event) => {
        if (this.events.length < MOST_EVENTS) this.events.push({ ...event, at: this.elapsed, hasId: this.#hasId })
        this.#hasId = false
      },
      onId: () => void (this.#hasId = true),
      onComment: () => void this.comments.push(this.elapsed),
    })
    const open = url.protocol === 'https:' ? httpsRequest : httpRequest
    this.#request = open(url, {
      method,
      agent: false,
      headers: { accept: 'text/event-stream', 'cache-control': 'no-cache', ...headers },
    })
    this.#request.on('response', (response) => this.#read(response))
    this.#request.on('error', (error) => this.#over(messageOf(error) || (error as NodeJS.ErrnoException).code))
    this.#request.on('close', () => this.#over())
    this.#request.end(body)
  }

  get elapsed(): number {
    return Math.round(performance.now() - this.#started)
  }

  get isStream(): boolean {
    return this.status === 200 && /^\s*text\/event-stream\s*(?:;|$)/i.test(this.headers['content-type'] ?? '')
  }

  /** The block at the end of what was read is not finished. */
  get isInside(): boolean {
    return (
      this.text !== '' &&
      !/(?:\r\n|\r|\n)(?:\r\n|\r|\n)$/.test(this.text) &&
      /(?:^|[\r\n])[^:\r\n][^\r\n]*[\r\n]*$/.test(this.text)
    )
  }

  /** Resolves with whether it came to hold before `ms` were over; early where the answer is over. */
  until(holds: () => boolean, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve(holds())
      }
      const look = (): void => {
        if (holds() || this.ended) done()
      }
      const timer = setTimeout(done, ms)
      this.#waiting.add(look)
      look()
    })
  }

  close(): void {
    this.#request.destroy()
  }

  #read(response: IncomingMessage): void {
    this.status = response.statusCode
    this.headers = response.headers
    this.headAt = this.elapsed
    response.on('error', (error) => this.#over(messageOf(error)))
    const unzip = UNZIP[response.headers['content-encoding'] ?? '']?.()
    const body = unzip ? response.pipe(unzip) : response
    unzip?.on('error', (error: unknown) => this.#over(messageOf(error)))
    const decoder = new TextDecoder()
    body.on('data', (bytes: Uint8Array) => {
      this.chunks.push(this.elapsed)
      // What the checks look at is the end of it.
      this.text = (this.text + decoder.decode(bytes, { stream: true })).slice(-64 * 1024)
      try {
        this.#parser.feed(bytes)
      } catch (error) {
        this.#over(messageOf(error))
      }
      this.#tell()
    })
    body.on('end', () => this.#over())
    this.#tell()
  }

  #over(error?: string): void {
    if (!this.ended) this.error = error
    this.ended = true
    this.#tell()
  }

  #tell(): void {
    for (const look of this.#waiting) look()
  }
}
