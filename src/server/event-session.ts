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

/** The session of one reader, over either kind of sink. Whatever ends it, `_finish` does it. */
export class EventSession implements SourceOwner, SinkOwner {
  private readonly _raw: Request | NodeRequest
  private readonly _settings: Settings
  /** There once it has ended. */
  private _reason: CloseReason | undefined
  private _isClosed = false
  private _sink!: Sink
  /** There until the stream is open. */
  private _writeHead: (() => void) | undefined
  stop: (() => unknown) | undefined

  // Time is what the timer has counted, in milliseconds. No clock: one that stands still, or jumps, decides nothing.
  private _timer: ReturnType<typeof setTimeout> | undefined
  /** What the timer is set to. */
  private _wait = 0
  /** Since the last write, and since the transport took any of what waits. */
  private _idle = 0
  private _stuck = 0
  /** Bytes handed over, and what the transport had taken of them when last looked at. */
  private _written = 0
  private _taken = 0

  // Made when asked for: most sessions never need them, and there may be very many sessions.
  private _request: EventRequest | undefined
  private _controller: AbortController | undefined
  private _room: Deferred<void> | undefined
  private _ending: Deferred<CloseReason> | undefined

  constructor(raw: Request | NodeRequest, settings: Settings) {
    this._raw = raw
    this._settings = settings
  }

  get over(): boolean {
    return this._reason !== undefined
  }

  get request(): EventRequest {
    return (this._request ??= eventRequestOf(this._raw))
  }

  get lastEventId(): string {
    return this.request.lastEventId
  }

  get signal(): AbortSignal {
    this._controller ??= new AbortController()
    if (this.over) this._controller.abort()
    return this._controller.signal
  }

  get closed(): Promise<CloseReason> {
    this._ending ??= defer()
    if (this._isClosed) this._ending.resolve(this._reason!)
    return this._ending.promise
  }

  get bufferedBytes(): number {
    return this._isClosed ? 0 : this._sink.bufferedBytes
  }

  send(message: StreamMessage): boolean {
    return !this.over && this._write(encodeStreamMessage(message))
  }

  comment(text: string): boolean {
    return !this.over && this._write(encodeComment(text))
  }

  drained(): Promise<void> {
    if (this.over || this._hasRoom) return Promise.resolve()
    this._room ??= defer()
    return this._room.promise
  }

  close(): void {
    this._finish('closed')
  }

  /**
   * Opens the source, then the stream, if the source has not opened it by sending. If the source threw before a byte was
   * written, the error is reported and the result is `false`: then the caller answers.
   */
  start(source: Source, sink: Sink, writeHead: () => void): boolean {
    this._sink = sink
    this._writeHead = writeHead
    let product: unknown
    try {
      product = openSource(this, source)
    } catch (error) {
      const isUnopened = this._writeHead !== undefined
      if (isUnopened) this.skip('failed')
      this.fail(error)
      return !isUnopened
    }
    this._open()
    runSource(this, product)
    return true
  }

  /** Ends a session that never was a stream. */
  skip(reason: CloseReason, source?: Source): void {
    this._reason = reason
    this.onClose(false)
    // An iterable may hold something from the start, such as a listener.
    const settle = (): void => runSource(this, openSource(this, source!))
    if (typeof source === 'object') void attempt(settle, (error) => this.report(error))
  }

  onSourceEnd(): void {
    this._finish('end')
  }

  fail(error: unknown): void {
    // A source that waits with the session's signal throws when the session ends. That is no failure.
    if (this.over && (error as Error | undefined)?.name === 'AbortError') return
    this._finish('failed')
    this.report(error)
  }

  report(error: unknown): void {
    this._settings.report(error)
  }

  onDrain(): void {
    if (this._room !== undefined) inNextTurn(this._room.resolve)
    this._room = undefined
  }

  onClose(byReader: boolean): void {
    this._finish(byReader ? 'disconnected' : 'closed')
    this._isClosed = true
    clearTimeout(this._timer)
    this._ending?.resolve(this._reason!)
  }

  private get _hasRoom(): boolean {
    return this._sink.bufferedBytes <= Math.min(HIGH_WATER_MARK, this._settings.maxBytes)
  }

  private _open(): void {
    const writeHead = this._writeHead
    if (!writeHead) return
    this._writeHead = undefined
    writeHead()
    const first = firstBytes(this._settings)
    if (first) this._write(first)
    else this._rest()
  }

  private _write(text: string): boolean {
    this._open()
    const { maxBytes } = this._settings
    const buffered = this._sink.bufferedBytes
    if (buffered > maxBytes) {
      this._finish('slow')
      return false
    }
    const bytes = toBytes(text)
    const before = this._written
    this._written += bytes.byteLength
    this._sink.write(bytes)
    if (buffered === 0) {
      this._taken = before
      this._idle = this._stuck = 0
      this._rest()
    } else {
      // The timer goes on, for the sake of what is stuck: what it counts until it fires is not idle time.
      this._idle = -this._wait
    }
    return this._hasRoom
  }

  /** Sets the timer for whatever may be due first. */
  private _rest(): void {
    const { heartbeat, stall } = this._settings
    clearTimeout(this._timer)
    // Without heartbeats this is NaN.
    const beat = heartbeat - (this._idle % heartbeat) || Infinity
    this._wait = Math.min(beat, stall - this._stuck, MAX_DELAY)
    this._timer = setTimeout(() => this._wake(), this._wait)
    // The socket keeps the process up; a body that nobody reads should not.
    ;(this._timer as { unref?(): void }).unref?.()
  }

  private _wake(): void {
    const { heartbeat, stall } = this._settings
    const buffered = this._sink.bufferedBytes
    this._idle += this._wait
    if (buffered > 0) {
      // The transport's own framing counts as buffered, so that this may fall, but rises only when some is taken.
      const taken = this._written - buffered
      this._stuck = taken > this._taken ? 0 : this._stuck + this._wait
      this._taken = taken
      if (this._stuck >= stall) this._finish('slow')
      else this._rest()
    } else if (heartbeat > 0 && !this.over) {
      if (this._idle >= heartbeat) this._write(HEARTBEAT)
      else this._rest()
    }
  }

  private _finish(reason: CloseReason): void {
    const gone = reason === 'slow' || reason === 'disconnected'
    if (this.over) {
      // What was sent before the end is not taken either.
      if (gone && !this._isClosed) this._sink.destroy()
      return
    }
    this._open()
    this._reason = reason
    this._controller?.abort()
    this.onDrain()
    stopSource(this)
    if (gone) this._sink.destroy()
    else this._sink.end()
  }
}

/** A source that never waits and a reader as fast must not keep everybody else from their turn. */
const inNextTurn: (call: () => void) => void = typeof setImmediate === 'function' ? setImmediate : queueMicrotask
