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
  readonly #owner: SinkOwner
  #controller!: ReadableStreamDefaultController<Uint8Array>
  #closed = false
  #unlisten: (() => void) | undefined

  constructor(owner: SinkOwner, signal: AbortSignal | undefined) {
    this.#owner = owner
    if (!signal) return
    const onAbort = (): void => {
      // Quietly: nobody reads on, and an error would only be logged by the host.
      if (!this.#closed) this.#controller.close()
      this.cancel()
    }
    signal.addEventListener('abort', onAbort)
    this.#unlisten = () => signal.removeEventListener('abort', onAbort)
  }

  get bufferedBytes(): number {
    return this.#closed ? 0 : HIGH_WATER_MARK - this.#controller.desiredSize!
  }

  write(chunk: Uint8Array): void {
    if (!this.#closed) this.#controller.enqueue(chunk)
  }

  /** What is queued stays with the stream, for its reader, and needs nobody's care. */
  end(): void {
    if (this.#closed) return
    this.#controller.close()
    this.#close(false)
  }

  destroy(): void {
    if (this.#closed) return
    this.#controller.error(new Error('The event stream was cut.'))
    this.#close(false)
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller
  }

  /** Called whenever the queue is below the mark, which is when it is empty: from inside `enqueue` too. */
  pull(): void {
    queueMicrotask(() => this.#closed || this.bufferedBytes > 0 || this.#owner.onDrain())
  }

  cancel(): void {
    if (!this.#closed) this.#close(true)
  }

  #close(byReader: boolean): void {
    this.#closed = true
    this.#unlisten?.()
    if (byReader) this.#owner.onClose(true)
    else queueMicrotask(() => this.#owner.onClose(false))
  }
}
