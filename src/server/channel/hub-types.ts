import type { ReaderOwner, Reader } from './reader.js'

/**
 * The readers of one channel, and what each is to be written. Knows nothing of HTTP: it writes to sinks.
 */
export interface Hub extends ReaderOwner {
  readonly size: number
  /** For newcomers: what to wait for before one is let in. */
  gate(): Promise<void> | undefined
  /** Takes in a reader whose sink is open. `requested` as in `CatchUps`. */
  join(reader: Reader, requested: string | undefined): void
  /** Resolves when publishers may go on; `undefined` where they need not wait. */
  room(): Promise<void> | undefined
  /** Ends all readers, spread over `drain` milliseconds. Resolves when the last has gone. */
  close(drain: number): Promise<void>
}
