import type { Entry } from './entry.js'
import type { GapReason } from './transport.js'

/**
 * Why a connection ended, the first thing that ended it:
 *
 * - `disconnected`: the reader left, or its request was aborted
 * - `slow`: the reader took too little (`slow` in the options)
 * - `rotated`: it reached its `maxAge`
 * - `replaced`: its user has come again, beyond `limit`
 * - `unauthorized`: `authorize` refused it when it was asked again
 * - `closed`: it was closed, or the channel was
 * - `failed`: a hook threw for it, or its events could not be read
 */
export type ChannelCloseReason = 'disconnected' | 'slow' | 'rotated' | 'replaced' | 'unauthorized' | 'closed' | 'failed'

/** Gets its snapshot or what it missed. Each catch-up has an object of its own, which tells it from an earlier one. */
export interface CatchUp {
  readonly kind: 'catching-up'
  /** What the reader asked for; `undefined` where it is new. */
  readonly requested: string | undefined
  /** Why it cannot have that. */
  reason: GapReason | undefined
  /** Where the reader says it is, or where it was when it lost its place. `""` where that is nowhere. */
  readonly floor: string
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

/** `ending`: was told to leave, and gets the rest of what was written. */
export interface Over {
  readonly kind: 'ending' | 'closed'
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
  | Over

export const NEW: Phase = { kind: 'new' }
export const LIVE: Phase = { kind: 'live' }
export const BEHIND: Phase = { kind: 'behind' }

/** What may follow. A reset begins a catch-up from anywhere; who is to leave does nothing else any more. */
export const NEXT: Readonly<Record<Phase['kind'], readonly Phase['kind'][]>> = {
  new: ['catching-up', 'ending', 'closed'],
  'catching-up': ['catching-up', 'live', 'ending', 'closed'],
  live: ['catching-up', 'behind', 'held', 'ending', 'closed'],
  behind: ['catching-up', 'ending', 'closed'],
  held: ['live', 'catching-up', 'ending', 'closed'],
  ending: ['closed'],
  closed: [],
}
