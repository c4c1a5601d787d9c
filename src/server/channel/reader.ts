import type { Sink, SinkOwner } from '../sink.js'
import type { Entry } from './entry.js'
import type { GapReason } from './transport.js'

/**
 * `catching-up`: gets its snapshot or what it missed. `live`: gets what each flush writes. `behind`: has
 * too much waiting, and is skipped until that has gone. `ending`: was told to leave, and gets the rest of
 * what was written.
 */
export type ReaderState = 'catching-up' | 'live' | 'behind' | 'ending' | 'closed'

/**
 * Why a connection ended:
 *
 * - `disconnected`: the reader left, or its request was aborted
 * - `slow`: the reader took too little (`slow` in the options)
 * - `rotated`: it reached its `maxAge`
 * - `closed`: the channel was closed
 * - `failed`: a hook threw for it, or its events could not be read
 */
export type ChannelCloseReason = 'disconnected' | 'slow' | 'rotated' | 'closed' | 'failed'

/** Where a reader that catches up stands. Made anew at each start, so that an earlier one is told by it. */
export interface CatchUp {
  readonly kind: 'catch-up'
  /** What the reader asked for; `undefined` where it is new. */
  readonly requested: string | undefined
  /** Why it cannot have that. */
  reason: GapReason | undefined
  /** How far it was given history. */
  cursor: string
  /** How far history is to go; `""` until the transport has begun. */
  target: string
  /** The number in the log of what follows `target`. */
  next: number
  /** Goes on where it pauses. */
  wake: (() => void) | undefined
}

/** What a reader that is behind will be given: the newest event for each key. */
export interface Held {
  readonly kind: 'held'
  readonly entries: Map<string, Entry>
  bytes: number
}

/** What readers tell the hub. */
export interface ReaderOwner {
  onDrain(reader: Reader): void
  onClose(reader: Reader, byReader: boolean): void
}

/** One connection. Thousands of them idle: no closures, and fields for what cannot be shared only. */
export class Reader implements SinkOwner {
  sink!: Sink
  state: ReaderState = 'catching-up'
  work: CatchUp | Held | undefined
  /** The number in the log of the first entry that is for this reader. */
  next = 0
  /** Why it is ending. */
  reason: ChannelCloseReason | undefined
  /** Bytes handed to the sink, and how many of them it had passed on at the last look. */
  written = 0
  taken = 0
  /** In ticks of the wheel: the last write, the last look that saw progress, the end of its time. */
  wroteAt = 0
  movedAt = 0
  expiresAt = 0

  constructor(
    readonly owner: ReaderOwner,
    readonly context: unknown,
    /** `undefined`: all. */
    readonly topics: ReadonlySet<string> | undefined,
  ) {}

  onDrain(): void {
    this.owner.onDrain(this)
  }

  onClose(byReader: boolean): void {
    this.owner.onClose(this, byReader)
  }
}
