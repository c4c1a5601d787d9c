import { createParser } from '../../../src/parser/create-parser.js'
import type { Parser } from '../../../src/parser/types.js'
import type { ServerSentEvent } from '../../../src/wire/types.js'
import type { Sink, SinkOwner } from '../../../src/server/sink.js'

/** A connection whose far end reads when it is told to, as much as it is told to. */
export class SimSink implements Sink {
  readonly #owner: SinkOwner
  readonly #onBytes: (bytes: Uint8Array) => void
  #queue: Uint8Array[] = []
  #isEnding = false
  #isClosed = false
  bufferedBytes = 0
  /** The most that ever waited. */
  peak = 0

  constructor(owner: SinkOwner, onBytes: (bytes: Uint8Array) => void) {
    this.#owner = owner
    this.#onBytes = onBytes
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  write(chunk: Uint8Array): void {
    if (this.#isEnding || this.#isClosed) return
    this.#queue.push(chunk)
    this.bufferedBytes += chunk.byteLength
    this.peak = Math.max(this.peak, this.bufferedBytes)
  }

  end(): void {
    this.#isEnding = true
  }

  destroy(): void {
    this.#isEnding = true
    this.#isClosed = true
    this.#queue = []
    this.bufferedBytes = 0
  }

  /** The far end reads. */
  take(bytes: number): void {
    if (this.#isClosed) return
    const had = this.bufferedBytes
    let left = bytes
    while (left > 0 && this.#queue.length > 0) {
      const first = this.#queue[0]!
      const part = first.subarray(0, left)
      if (part.byteLength === first.byteLength) this.#queue.shift()
      else this.#queue[0] = first.subarray(left)
      left -= part.byteLength
      this.bufferedBytes -= part.byteLength
      this.#onBytes(part)
    }
    if (this.bufferedBytes > 0) return
    if (this.#isEnding) {
      this.destroy()
      this.#owner.onClose(false)
    } else if (had > 0) this.#owner.onDrain()
  }

  /** The far end is gone. */
  cut(): void {
    if (this.#isClosed) return
    this.destroy()
    this.#owner.onClose(true)
  }
}

/** Is told what a client sees. */
export interface Witness {
  onId(id: string): void
  onEvent(event: ServerSentEvent): void
  /** What was read so far ends here. */
  onPause(): void
}

/** What a client knows across its connections. */
export class SimClient {
  readonly #parser: Parser
  readonly #witness: Witness
  #sink: SimSink | undefined

  constructor(
    readonly name: number,
    readonly topics: ReadonlySet<string>,
    witness: Witness,
  ) {
    this.#witness = witness
    this.#parser = createParser({
      onEvent: (event) => witness.onEvent(event),
      onId: (id) => witness.onId(id),
    })
  }

  get lastEventId(): string {
    return this.#parser.lastEventId
  }

  set lastEventId(lastEventId: string) {
    this.#parser.reset({ lastEventId })
  }

  get isConnected(): boolean {
    return this.#sink !== undefined && !this.#sink.isClosed
  }

  /** The most bytes that ever waited for it on its present connection. */
  get peak(): number {
    return this.#sink?.peak ?? 0
  }

  connect(owner: SinkOwner): SimSink {
    this.disconnect()
    this.#sink = new SimSink(owner, (bytes) => {
      this.#parser.feed(bytes)
      this.#witness.onPause()
    })
    return this.#sink
  }

  take(bytes: number): void {
    this.#sink?.take(bytes)
  }

  disconnect(): void {
    this.#sink?.cut()
    this.#sink = undefined
    this.#parser.end()
  }
}
