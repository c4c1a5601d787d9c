import type { Cut, WaitStep } from './steps.js'

/** What an answer does, step by step, checked: nothing in it can fail but the connection. */
export type Action =
  | { kind: 'head' }
  | { kind: 'write' | 'raw'; bytes: Uint8Array }
  | { kind: 'wait'; until: WaitStep['wait'] }
  | { kind: 'stall' | 'end' }
  | { kind: 'cut'; how: Cut }

export interface Plan {
  readonly status: number
  readonly headers: readonly [name: string, value: string][]
  /** The last one is `stall`, `end` or `cut`. */
  readonly actions: readonly Action[]
  /** The answer is written by hand from its first byte: no head of ours, no framing. */
  readonly byHand: boolean
}

/** What the carrier of an answer can do. */
export interface Carrier {
  /** Bytes outside the framing. */
  readonly raw: boolean
  /** A GOAWAY frame. */
  readonly goaway: boolean
  /** Steps before the head. */
  readonly beforeHead: boolean
  /** Pages of other origins may read the answer. */
  readonly cors: boolean
}
