import { encodeComment } from '../encoder/encode.js'
import { MAX_DELAY } from '../wire/constants.js'
import { attempt, defer, type Deferred } from './async.js'
import { eventRequestOf } from './event-request.js'
import type { EventRequest } from './event-request.js'
import type { Settings } from './event-stream-options.js'
import type { NodeRequest } from './node-types.js'
import { firstBytes } from './response-head.js'
import type { CloseReason, Source } from './session.js'
import type { Sink, SinkOwner } from './sink.js'
import { openSource, runSource, stopSource } from './source-runner.js'
import type { SourceOwner } from './source-runner.js'
import { encodeStreamMessage } from './stream-message.js'
import type { StreamMessage } from './stream-message.js'
import { toBytes } from './to-bytes.js'

/** Bytes that may wait before an iterable is made to wait too. */
const HIGH_WATER_MARK = 64 * 1024

const HEARTBEAT = ':\n'

/** The session of one reader, over either kind of sink. Whatever ends it, `#finish` does it. */
export class EventSession implements SourceOwner, SinkOwner {
  readonly #raw: Request | NodeRequest
  readonly #settings: Settings
  /** There once it has ended. */
  #reason: CloseReason | undefined
  #isClosed = false
  #sink!: Sink
  /** There until the stream is open. */
  #writeHead: (() => void) | undefined
  stop: (() => unknown) | undefined

  // Time is what the timer has counted, in milliseconds. No clock: one that stands still, or jumps, decides nothing.
  #timer: ReturnType<typeof setTimeout> | undefined
  /** What the timer is set to. */
  #wait = 0
  /** Since the last write, and since the transport took any of what waits. */
  #idle = 0
  #stuck = 0
  /** Bytes handed over, and what the transport had taken of them when last looked at. */
  #written = 0
  #taken = 0

  // Made when asked for: most sessions never need them, and there may be very many sessions.
  #request: EventRequest | undefined
  #controller: AbortController | undefined
  #room: Deferred<void> | undefined
  #ending: Deferred<CloseReason> | undefined

  constructor(raw: Request | NodeRequest, settings: Settings) {
    this.#raw = raw
    this.#settings = settings
  }

  get over(): boolean {
    return this.#reason !== undefined
  }

  get request(): EventRequest {
    return (this.#request ??= eventRequestOf(this.#raw))
  }

  get lastEventId(): string {
    return this.request.lastEventId
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.over) this.#controller.abort()
    return this.#controller.signal
  }

  get closed(): Promise<CloseReason> {
    this.#ending ??= defer()
    if (this.#isClosed) this.#ending.resolve(this.#reason!)
    return this.#ending.promise
  }

  get bufferedBytes(): number {
    return this.#isClosed ? 0 : this.#sink.bufferedBytes
  }

  send(message: StreamMessage): boolean {
    return !this.over && this.#write(encodeStreamMessage(message))
  }

  comment(text: string): boolean {
    return !this.over && this.#write(encodeComment(text))
  }

  drained(): Promise<void> {
    if (this.over || this.#hasRoom) return Promise.resolve()
    this.#room ??= defer()
    return this.#room.promise
  }

  close(): void {
    this.#finish('closed')
  }

  /**
   * Opens the source, then the stream, unless the source has by sending. `false`, and the error
   * reported, where the source threw before a byte was written: then the caller answers.
   */
  start(source: Source, sink: Sink, writeHead: () => void): boolean {
    this.#sink = sink
    this.#writeHead = writeHead
    let product: unknown
    try {
      product = openSource(this, source)
    } catch (error) {
      const isUnopened = this.#writeHead !== undefined
      if (isUnopened) this.skip('failed')
      this.fail(error)
      return !isUnopened
    }
    this.#open()
    runSource(this, product)
    return true
  }

  /** Ends a session that never was a stream. */
  skip(reason: CloseReason, source?: Source): void {
    this.#reason = reason
    this.onClose(false)
    // An iterable may hold something from the start, such as a listener.
    const settle = (): void => runSource(this, openSource(this, source!))
    if (typeof source === 'object') void attempt(settle, (error) => this.report(error))
  }

  onSourceEnd(): void {
    this.#finish('end')
  }

  fail(error: unknown): void {
    // Whoever waits for something with the session's signal throws when the session ends: as it should.
    if (this.over && (error as Error | undefined)?.name === 'AbortError') return
    this.#finish('failed')
    this.report(error)
  }

  report(error: unknown): void {
    this.#settings.report(error)
  }

  onDrain(): void {
    if (this.#room !== undefined) inNextTurn(this.#room.resolve)
    this.#room = undefined
  }

  onClose(byReader: boolean): void {
    this.#finish(byReader ? 'disconnected' : 'closed')
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#ending?.resolve(this.#reason!)
  }

  get #hasRoom(): boolean {
    return this.#sink.bufferedBytes <= Math.min(HIGH_WATER_MARK, this.#settings.maxBytes)
  }

  #open(): void {
    const writeHead = this.#writeHead
    if (!writeHead) return
    this.#writeHead = undefined
    writeHead()
    const first = firstBytes(this.#settings)
    if (first) this.#write(first)
    else this.#rest()
  }

  #write(text: string): boolean {
    this.#open()
    const { maxBytes } = this.#settings
    const buffered = this.#sink.bufferedBytes
    if (buffered > maxBytes) {
      this.#finish('slow')
      return false
    }
    const bytes = toBytes(text)
    const before = this.#written
    this.#written += bytes.byteLength
    this.#sink.write(bytes)
    if (buffered === 0) {
      this.#taken = before
      this.#idle = this.#stuck = 0
      this.#rest()
    } else {
      // The timer goes on, for the sake of what is stuck: what it counts until it fires is not idle time.
      this.#idle = -this.#wait
    }
    return this.#hasRoom
  }

  /** Sets the timer for whatever may be due first. */
  #rest(): void {
    const { heartbeat, stall } = this.#settings
    clearTimeout(this.#timer)
    // Without heartbeats this is NaN.
    const beat = heartbeat - (this.#idle % heartbeat) || Infinity
    this.#wait = Math.min(beat, stall - this.#stuck, MAX_DELAY)
    this.#timer = setTimeout(() => this.#wake(), this.#wait)
    // The socket keeps the process up; a body that nobody reads should not.
    ;(this.#timer as { unref?(): void }).unref?.()
  }

  #wake(): void {
    const { heartbeat, stall } = this.#settings
    const buffered = this.#sink.bufferedBytes
    this.#idle += this.#wait
    if (buffered > 0) {
      // The transport's own framing counts as buffered, so that this may fall, but rises only when some is taken.
      const taken = this.#written - buffered
      this.#stuck = taken > this.#taken ? 0 : this.#stuck + this.#wait
      this.#taken = taken
      if (this.#stuck >= stall) this.#finish('slow')
      else this.#rest()
    } else if (heartbeat > 0 && !this.over) {
      if (this.#idle >= heartbeat) this.#write(HEARTBEAT)
      else this.#rest()
    }
  }

  #finish(reason: CloseReason): void {
    const gone = reason === 'slow' || reason === 'disconnected'
    if (this.over) {
      // What was sent before the end is not taken either.
      if (gone && !this.#isClosed) this.#sink.destroy()
      return
    }
    this.#open()
    this.#reason = reason
    this.#controller?.abort()
    this.onDrain()
    stopSource(this)
    if (gone) this.#sink.destroy()
    else this.#sink.end()
  }
}

/** A source that never waits and a reader as fast must not keep everybody else from their turn. */
const inNextTurn: (call: () => void) => void = typeof setImmediate === 'function' ? setImmediate : queueMicrotask
