import { LimitError } from '../errors/limit-error.js'
import type { PartialLine } from './partial-line.js'
import type { TextPile } from './text-pile.js'
import type { ParserOptions } from './types.js'

/** `failed`: an event was too large; nothing is taken until a reset. */
export type ParserPhase = 'idle' | 'feeding' | 'failed'

/** What the parser knows between two pieces of text. `scan` works on copies of it in local variables. */
export interface ParserState {
  readonly callbacks: Readonly<ParserOptions>
  readonly maxEventSize: number
  phase: ParserPhase
  /** Counts resets: a callback may reset the parser in the middle of a piece. */
  epoch: number
  lastEventId: string

  /** Code units of the chunk in work, which any slice of it holds alive. */
  chunkLength: number
  /** How far the last `scan` came in its text. */
  position: number
  /** A CR ended the last piece: an LF at the start of the next one belongs to it. */
  skipLf: boolean
  readonly partial: PartialLine

  // The block in work.
  eventType: string
  /** The id that takes effect at the blank line. */
  blockId: string | undefined
  readonly data: TextPile
  /** Code units of all field values of the block so far. */
  size: number
}

export function overflow(state: ParserState): never {
  state.phase = 'failed'
  throw new LimitError(state.maxEventSize)
}
