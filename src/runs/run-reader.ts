import type { Sink, SinkOwner } from '../server/sink.js'
import { joinChunks, toBytes } from '../server/to-bytes.js'
import { encode } from '../encoder/encode.js'
import { eventId } from './run-id.js'
import type { Tape } from './tape.js'

/** Bytes that a reader is given before it has taken those before: all that a reader which takes nothing costs. */
const WINDOW = 128 * 1024

export interface RunReaderOwner {
  readonly endEvent: string
  /** Of the last look of the pulse. */
  readonly tick: number
  onLeave(reader: RunReader): void
}

/**
 * `waiting`: for what it gets in place of the first records. `reading`: gets what the tape has, as fast as it takes it.
 * `ending`: was given the last of it. `closed`: its connection is gone.
 */
type Phase = 'waiting' | 'reading' | 'ending' | 'closed'

/** One connection. It keeps its place on the tape, and nothing of what it has not taken. */
export class RunReader implements SinkOwner {
  sink!: Sink
  phase: Phase = 'waiting'
  /** Bytes handed to the sink, and how many of them it had passed on at the last look. */
  written = 0
  taken = 0
  /** In ticks of the pulse: the last write, the last look that saw progress. */
  wroteAt: number
  movedAt: number

  constructor(
    readonly owner: RunReaderOwner,
    readonly tape: Tape,
    /** How many records it has been given. */
    public next: number,
  ) {
    this.wroteAt = this.movedAt = owner.tick
  }

  write(wire: Uint8Array): void {
    this.sink.write(wire)
    this.written += wire.byteLength
    this.wroteAt = this.owner.tick
  }

  /** Starts to read after `next` records. */
  read(next: number): void {
    if (this.phase !== 'waiting') return
    this.next = next
    this.phase = 'reading'
    this.advance()
  }

  /** Writes what there is, and what there is room for. */
  advance(): void {
    const { tape } = this
    while (this.phase === 'reading' && this.next < tape.count) {
      const room = WINDOW - this.sink.bufferedBytes
      if (room <= 0) return
      const from = this.next
      let bytes = 0
      while (this.next < tape.count && (bytes === 0 || bytes + tape.chunks[this.next]!.byteLength <= room)) {
        bytes += tape.chunks[this.next++]!.byteLength
      }
      this.write(this.next === from + 1 ? tape.chunks[from]! : joinChunks(tape.chunks.slice(from, this.next)))
    }
    if (this.phase === 'reading' && tape.hasEnded) this._sayEnd()
  }

  /** Ends the connection after what was written. */
  end(): void {
    if (this.phase === 'ending' || this.phase === 'closed') return
    this.phase = 'ending'
    this.sink.end()
  }

  /** Drops the connection. */
  drop(): void {
    this.sink.destroy()
    this._leave()
  }

  onDrain(): void {
    this.advance()
  }

  onClose(): void {
    this._leave()
  }

  private _sayEnd(): void {
    const { state, isCut, token, count } = this.tape
    // A reader that was told the end already comes back with the id of that.
    if (state !== 'done' && this.next === count) {
      const id = isCut ? undefined : eventId(token, count + 1)
      this.write(toBytes(encode({ event: this.owner.endEvent, id, data: JSON.stringify({ state }) })))
    }
    this.end()
  }

  private _leave(): void {
    if (this.phase === 'closed') return
    this.phase = 'closed'
    this.owner.onLeave(this)
  }
}
