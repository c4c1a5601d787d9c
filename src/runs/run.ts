import type { StreamMessage } from '../server/stream-message.js'
import type { RunEnd } from './run-store.js'

/** One run, in the process that produces it. Belongs to the `Runs` that started it; any code may hold it. */
export interface Run {
  /** The key it was started with. */
  readonly key: string
  /** Aborted when the run ends, for whatever reason: hand it to what the source waits for. */
  readonly signal: AbortSignal
  /**
   * How it ended, once that is recorded. Never rejects.
   *
   * - `done`: the source had no more
   * - `failed`: the source threw, gave what cannot be sent, or more than `maxBytes`; or the store failed
   * - `stopped`: `stop` or `forget` was called, in any process
   * - `lost`: this process did not renew its lease in time, or was closed
   */
  readonly closed: Promise<RunEnd>
}

export type Messages = AsyncIterable<StreamMessage> | Iterable<StreamMessage>

/**
 * Where a run's messages come from: an iterable, or a function that is called with the run and gives one, or a
 * promise of one. It is read to its end, as fast as the store records, with or without readers.
 *
 * A message that cannot be encoded is thrown into it. Where the run ends first, its `return()` is called once.
 */
export type RunSource = Messages | ((run: Run) => Messages | PromiseLike<Messages>)
