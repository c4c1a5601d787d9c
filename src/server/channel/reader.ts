import type { Sink, SinkOwner } from '../sink.js'
import type { Entry } from './entry.js'
import type { GapReason } from './transport.js'

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

/** Gets its snapshot or what it missed. One object for each beginning, so that an earlier one is told by it. */
export interface CatchUp {
  readonly kind: 'catching-up'
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

/** Has too much waiting. When that has gone it will be given the newest event for each key. */
export interface Held {
  readonly kind: 'held'
  readonly entries: Map<string, Entry>
  bytes: number
}

/** Was told to leave, and gets the rest of what was written. */
export interface Ending {
  readonly kind: 'ending'
  readonly reason: ChannelCloseReason
}

/** What a reader is at. What belongs to that lies in it, so that the two never disagree. */
export type Phase =
  | { readonly kind: 'new' }
  | CatchUp
  /** Gets what each flush writes. */
  | { readonly kind: 'live' }
  /** Has too much waiting, and is skipped until that has gone. */
  | { readonly kind: 'behind' }
  | Held
  | Ending
  | { readonly kind: 'closed' }

export const LIVE: Phase = { kind: 'live' }
export const BEHIND: Phase = { kind: 'behind' }
export const CLOSED: Phase = { kind: 'closed' }
const NEW: Phase = { kind: 'new' }

/** What may follow. A reset begins a catch-up from anywhere; who is to leave does nothing else any more. */
const NEXT: Readonly<Record<Phase['kind'], readonly Phase['kind'][]>> = {
  new: ['catching-up', 'ending', 'closed'],
  'catching-up': ['catching-up', 'live', 'ending', 'closed'],
  live: ['catching-up', 'behind', 'held', 'ending', 'closed'],
  behind: ['catching-up', 'ending', 'closed'],
  held: ['live', 'catching-up', 'ending', 'closed'],
  ending: ['closed'],
  closed: [],
}

/** What readers tell the hub. */
export interface ReaderOwner {
  onDrain(reader: Reader): void
  onClose(reader: Reader, byReader: boolean): void
}

/** One connection. Thousands of them idle: no closures, and fields for what cannot be shared only. */
export class Reader implements SinkOwner {
  sink!: Sink
  #phase: Phase = NEW
  /** The number in the log of the first entry that is for this reader. */
  next = 0
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

  get phase(): Phase {
    return this.#phase
  }

  /** The one way from phase to phase. `false`, and nothing changed, where `phase` may not follow the present one. */
  become(phase: Phase): boolean {
    if (!NEXT[this.#phase.kind].includes(phase.kind)) return false
    this.#phase = phase
    return true
  }

  /**
   * The one way to write. Nothing is written, and `false` given, for a phase that is over: what it had to say may
   * be about a place that the reader has been taken away from since.
   */
  write(phase: Phase, wire: Uint8Array): boolean {
    if (this.#phase !== phase) return false
    this.sink.write(wire)
    this.written += wire.byteLength
    return true
  }

  onDrain(): void {
    this.owner.onDrain(this)
  }

  onClose(byReader: boolean): void {
    this.owner.onClose(this, byReader)
  }
}
