import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { createParser, type Parser, type ServerSentEvent } from 'eventwire/parser'
import { messageOf } from '../command-error.js'
import type { FairClock } from './fair-clock.js'

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
/** Line ends mix: these also stand at the end of LF CRLF, CRLF LF and CRLF CRLF. */
const BLANK_LINES = ['\n\n', '\r\r', '\n\r']

/**
 * One request and what came of it, with times. Owned by the audit that opened it, which closes it. Nothing here
 * throws or rejects: a failure is what is looked for.
 */
export class Probe {
  readonly events: SeenEvent[] = []
  readonly comments: number[] = []
  /** When bytes came. */
  readonly chunks: number[] = []
  /** The longest time, in milliseconds, that the rest of an event was waited for. */
  longestHeld = 0
  status: number | undefined
  headers: IncomingHttpHeaders = {}
  headAt: number | undefined
  error: string | undefined
  ended = false
  text = ''
  private readonly _clock: FairClock
  private readonly _started: number
  private readonly _request
  private readonly _waiting = new Set<() => void>()
  private readonly _parser: Parser
  private _hasId = false

  constructor({ url, method, headers, body }: ProbeRequest, clock: FairClock) {
    this._clock = clock
    this._started = clock.now
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
    return Math.round(this._clock.now - this._started)
  }

  get isStream(): boolean {
    return this.status === 200 && /^\s*text\/event-stream\s*(?:;|$)/i.test(this.headers['content-type'] ?? '')
  }

  /** The block at the end of what was read is not finished. */
  get isInside(): boolean {
    const ends = BLANK_LINES.map((blank) => {
      const at = this.text.lastIndexOf(blank)
      return at === -1 ? 0 : at + blank.length
    })
    const block = this.text.slice(Math.max(...ends))
    return block.split(/[\r\n]+/).some((line) => line !== '' && !line.startsWith(':'))
  }

  /** Resolves with whether it came to hold before `ms` were over; early where the answer is over. */
  until(holds: () => boolean, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel()
        this._waiting.delete(look)
        resolve(holds())
      }
      const look = (): void => {
        if (holds() || this.ended) done()
      }
      const cancel = this._clock.after(ms, done)
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
      if (this.isInside) this.longestHeld = Math.max(this.longestHeld, this.elapsed - this.chunks.at(-1)!)
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
