import type { HubOptions } from './hub-options.js'
import type { Log } from './log.js'
import type { Pick } from './pick.js'
import type { Reader } from './reader.js'
import type { Scheduler } from './scheduler.js'
import type { GapReason, Transport } from './transport.js'

export interface CatchUpHost {
  readonly options: HubOptions
  readonly transport: Transport
  readonly scheduler: Scheduler
  readonly log: Log
  readonly pick: Pick
  write(reader: Reader, wire: Uint8Array, events: number): void
  /** Runs a piece of work for one reader, which ends with an error where that throws. */
  guard(reader: Reader, work: () => void): void
}

/**
 * Brings readers from wherever they are to live: the snapshot or the gap event, history, what came
 * meanwhile. The last step and going live are one, without a turn of the event loop between them.
 */
export interface CatchUps {
  /** Readers under way; while there are any, the log is kept for them. */
  readonly size: number
  /** `requested` is `undefined` for a new reader, `""` for one that asks for what cannot be an id. */
  start(reader: Reader, requested: string | undefined): void
  /** Tells a reader that events are missing, and begins anew from the present position. */
  gap(reader: Reader, reason: GapReason, requested?: string): void
  onDrain(reader: Reader): void
  /** The log has grown. */
  onEntry(): void
  /** The log has been reset: all readers lost continuity. */
  onReset(readers: Iterable<Reader>): void
  forget(reader: Reader): void
}
