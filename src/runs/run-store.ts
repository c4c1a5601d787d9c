/** How a run ended. `lost`: the process that produced it died, or lost its place in the store. */
export type RunEnd = 'done' | 'failed' | 'stopped' | 'lost'

export type RunState = 'running' | RunEnd

/** What a run is claimed with. */
export interface RunClaim {
  /** Letters and digits, of this run alone: every later write of its producer carries it. */
  readonly token: string
  /** Milliseconds after which a run that is neither written to nor renewed is `lost`. */
  readonly lease: number
  /** Milliseconds that the run is kept after its end. */
  readonly keep: number
}

/** What a store holds of a run at one moment. */
export interface RunView {
  /** That of the claim. */
  readonly token: string
  /** Whether it goes on, or how it ended. */
  readonly state: RunState
  /** Records there are. Does not change any more once the run has ended. */
  readonly count: number
  /** Milliseconds left of the lease; 0 for a run that has ended. */
  readonly lease: number
  /** The first of those that were asked for: as many as make a page of some 256 KiB, at least one where there is any. */
  readonly records: readonly string[]
}

type Awaitable<T> = T | PromiseLike<T>

/**
 * Where runs are recorded. Every method is one step: whatever other processes do at the same time comes
 * wholly before it or wholly after it. A record is a text that the store gives back as it was.
 *
 * The store alone decides whether a run goes on. A run whose lease has run out is `lost` from then on, by
 * the store's own clock: nothing more is taken from its producer, however late that wakes up.
 *
 * Methods may answer at once or with a promise, and throw or reject where the store cannot be asked. Keys
 * are any text of 1 to 256 characters. `createRuns` calls all of it, and closes the store.
 */
export interface RunStore {
  /** Takes the key for a new run. `false` where a run with that key goes on, or is kept and not `lost`. */
  claim(key: string, claim: RunClaim): Awaitable<boolean>

  /**
   * Adds records after the first `count`, and renews the lease. Gives `running` where they are kept; else how
   * the run of this token ended, and nothing was kept. A run that is gone, or holds another number of records,
   * is `lost`.
   */
  append(key: string, token: string, count: number, records: readonly string[]): Awaitable<RunState>

  /** Renews the lease. Gives what `append` gives. */
  renew(key: string, token: string): Awaitable<RunState>

  /**
   * Ends a run that goes on. Gives the state it had before: `running` where this ended it; `undefined` where there
   * is no such run.
   *
   * @param token Of the run that is meant; `undefined` for the one that has the key now.
   */
  end(key: string, token: string | undefined, state: RunEnd): Awaitable<RunState | undefined>

  /** The run that has the key now, with its records after the first `count`; `undefined` where there is none. */
  read(key: string, count: number): Awaitable<RunView | undefined>

  /** Drops what is held under the key. */
  forget(key: string): Awaitable<void>

  /**
   * Calls `wake` soon after each change of the run: of anything (`records`), or after its end alone (`end`). It may be
   * called once too often, never once too seldom, and must not throw. The result ends it.
   */
  watch(key: string, token: string, what: 'records' | 'end', wake: () => void): () => void

  /** Releases what the store opened itself; never what it was given. May be called more than once. */
  close(): Awaitable<void>
}

/** Bytes of records in one page of `read`, about. */
export const PAGE_BYTES: number = 256 * 1024
