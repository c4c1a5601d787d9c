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
  private readonly _started = performance.now()
  private readonly _request
  private readonly _waiting = new Set<() => void>()
  private readonly _parser: Parser
  private _hasId = false

  constructor({ url, method, headers, body }: ProbeRequest) {
    this._parser = createParser({
      onEvent: (event) => {
        if (this.events.length < MOST_EVENTS) this.events.push({ ...event, at: this.elapsed, hasId: this._hasId })
        this._hasId = false
      },
      onId: () => void (this._hasId = true),
      onComment: () => void this.comments.push(this.elapsed),
    })
    const open = url.protocol === 'https:' ? httpsRequest : httpRequest
    this._request = open(url, {
      method,
      agent: false,
      headers: { accept: 'text/event-stream', 'cache-control': 'no-cache', ...headers },
    })
    this._request.on('response', (response) => this._read(response))
    this._request.on('error', (error) => this._over(messageOf(error) || (error as NodeJS.ErrnoException).code))
    this._request.on('close', () => this._over())
    this._request.end(body)
  }

  get elapsed(): number {
    return Math.round(performance.now() - this._started)
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
        this._waiting.delete(look)
        resolve(holds())
      }
      const look = (): void => {
        if (holds() || this.ended) done()
      }
      const timer = setTimeout(done, ms)
      this._waiting.add(look)
      look()
    })
  }

  close(): void {
    this._request.destroy()
  }

  private _read(response: IncomingMessage): void {
    this.status = response.statusCode
    this.headers = response.headers
    this.headAt = this.elapsed
    response.on('error', (error) => this._over(messageOf(error)))
    const unzip = UNZIP[response.headers['content-encoding'] ?? '']?.()
    const body = unzip ? response.pipe(unzip) : response
    unzip?.on('error', (error: unknown) => this._over(messageOf(error)))
    const decoder = new TextDecoder()
    body.on('data', (bytes: Uint8Array) => {
      this.chunks.push(this.elapsed)
      // What the checks look at is the end of it.
      this.text = (this.text + decoder.decode(bytes, { stream: true })).slice(-64 * 1024)
      try {
        this._parser.feed(bytes)
      } catch (error) {
        this._over(messageOf(error))
      }
      this._tell()
    })
    body.on('end', () => this._over())
    this._tell()
  }

  private _over(error?: string): void {
    if (!this.ended) this.error = error
    this.ended = true
    this._tell()
  }

  private _tell(): void {
    for (const look of this._waiting) look()
  }
}
