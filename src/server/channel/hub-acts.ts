import { toBytes } from '../to-bytes.js'
import type { ChannelMetrics } from './hub-options.js'
import type { ChannelCloseReason, Phase } from './phase.js'
import type { Reader } from './reader.js'

/** What is written to a reader in one piece. */
export interface Chunk {
  readonly wire: Uint8Array
  /** How many events of the user are in it. */
  readonly events: number
}

/** What the channel says itself: no event of the user. */
export const control = (text: string): Chunk => ({ wire: toBytes(text), events: 0 })

/** What the parts of a hub do to readers. Each does nothing where the reader is gone. */
export interface HubActs {
  /** Does nothing where the reader is not, or no longer, at `phase`. */
  write(reader: Reader, phase: Phase, chunk: Chunk): void
  /** Ends it after what was written, and tells it when to come back where `retry` is given. */
  end(reader: Reader, reason: ChannelCloseReason, retry?: number): void
  /** Cuts it off, because it takes too little. */
  evict(reader: Reader): void
  /** Cuts it off because of an error. */
  fail(reader: Reader, error: unknown): void
  /** Calls a hook that counts. One that throws is reported, and harms nobody. */
  tell<K extends keyof ChannelMetrics>(hook: K, ...values: Parameters<NonNullable<ChannelMetrics[K]>>): void
}
