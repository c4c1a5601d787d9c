import type { Sink, SinkOwner } from './sink.js'

/** A sink together with the body of the `Response` it feeds. */
export interface WebSink {
  sink: Sink
  body: ReadableStream
}

/** Only a measure: what counts as too much is for the owner to say. */
const HIGH_WATER_MARK = 1

/**
 * A sink over the body of a web `Response`, whose queue is counted in bytes. `signal` is that of the
 * request, and is not aborted yet.
 */
export function createWebSink(owner: SinkOwner, signal: AbortSignal | undefined): WebSink {
  const sink = new BodySink(owner, signal)
  return { sink, body: new ReadableStream(sink, new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_MARK })) }
}

class BodySink implements Sink, UnderlyingDefaultSource<Uint8Array> {
  private readonly _owner: SinkOwner
  private _controller!: ReadableStreamDefaultController<Uint8Array>
  private _closed = false
  private _unlisten: (() => void) | undefined

  constructor(owner: SinkOwner, signal: AbortSignal | undefined) {
    this._owner = owner
    if (!signal) return
    const onAbort = (): void => {
      // Quietly: nobody reads on, and an error would only be logged by the host.
      if (!this._closed) this._controller.close()
      this.cancel()
    }
    signal.addEventListener('abort', onAbort)
    this._unlisten = () => signal.removeEventListener('abort', onAbort)
  }

  get bufferedBytes(): number {
    return this._closed ? 0 : HIGH_WATER_MARK - this._controller.desiredSize!
  }

  write(chunk: Uint8Array): void {
    if (!this._closed) this._controller.enqueue(chunk)
  }

  /** What is queued stays with the stream, for its reader, and needs nobody's care. */
  end(): void {
    if (this._closed) return
    this._controller.close()
    this._close(false)
  }

  destroy(): void {
    if (this._closed) return
    this._controller.error(new Error('The event stream was cut'))
    this._close(false)
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this._controller = controller
  }

  /** Called whenever the queue is below the mark, which is when it is empty: from inside `enqueue` too. */
  pull(): void {
    queueMicrotask(() => this._closed || this.bufferedBytes > 0 || this._owner.onDrain())
  }

  cancel(): void {
    if (!this._closed) this._close(true)
  }

  private _close(byReader: boolean): void {
    this._closed = true
    this._unlisten?.()
    if (byReader) this._owner.onClose(true)
    else queueMicrotask(() => this._owner.onClose(false))
  }
}
