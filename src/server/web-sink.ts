import type { Sink, SinkOwner } from './sink.js'

/** A sink together with the body of the `Response` it feeds. */
export interface WebSink {
  sink: Sink
  body: ReadableStream
}

/**
 * A sink over the body of a web `Response`. The stream asks only when it is read (a high-water mark
 * of 0), so that what waits is held here, counted in bytes, and goes out as one chunk per read.
 */
export function createWebSink(owner: SinkOwner): WebSink {
  const sink = new BodySink(owner)
  return { sink, body: new ReadableStream(sink, { highWaterMark: 0 }) }
}

class BodySink implements Sink, UnderlyingDefaultSource<Uint8Array> {
  readonly #owner: SinkOwner
  #controller!: ReadableStreamDefaultController<Uint8Array>
  #state: 'open' | 'closed' = 'open'
  #queue: Uint8Array[] = []
  #bufferedBytes = 0
  /** A read waits for the next write. */
  #wanted = false

  constructor(owner: SinkOwner) {
    this.#owner = owner
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  write(chunk: Uint8Array): void {
    if (this.#state !== 'open') return
    if (this.#wanted) {
      this.#wanted = false
      this.#controller.enqueue(chunk)
      return
    }
    this.#queue.push(chunk)
    this.#bufferedBytes += chunk.byteLength
  }

  end(): void {
    if (this.#state !== 'open') return
    // The stream holds the rest for as long as its reader does: nobody else has to wait for that.
    if (this.#bufferedBytes > 0) this.#handOver()
    this.#release()
    this.#controller.close()
    queueMicrotask(() => this.#owner.onClose(false))
  }

  destroy(): void {
    if (this.#state === 'closed') return
    this.#release()
    this.#controller.error(new Error('The event stream was cut: its reader took too little.'))
    queueMicrotask(() => this.#owner.onClose(false))
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller
  }

  pull(): void {
    if (this.#bufferedBytes === 0) {
      this.#wanted = true
      return
    }
    this.#handOver()
    // A read that waited behind another pulls from inside `write`, where the owner expects no call.
    queueMicrotask(() => this.#state === 'open' && this.#owner.onDrain())
  }

  cancel(): void {
    if (this.#state === 'closed') return
    this.#release()
    this.#owner.onClose(true)
  }

  #handOver(): void {
    const chunk = this.#queue.length === 1 ? this.#queue[0]! : join(this.#queue, this.#bufferedBytes)
    this.#queue = []
    this.#bufferedBytes = 0
    this.#controller.enqueue(chunk)
  }

  #release(): void {
    this.#state = 'closed'
    this.#queue = []
    this.#bufferedBytes = 0
  }
}

function join(chunks: Uint8Array[], byteLength: number): Uint8Array {
  const whole = new Uint8Array(byteLength)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}
