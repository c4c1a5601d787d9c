/** Pieces kept apart before they are joined: bounds both the array and the chunks that slices hold alive. */
const PIECES = 512

/**
 * Chunks up to this many code units are not worth a copy for the slices kept of them: at most
 * `PIECES` such chunks are held alive at a time.
 */
const SMALL_CHUNK = 1024

/** A slice that takes up at least this fraction of its chunk may hold it alive. */
const FAIR_SHARE = 4

/**
 * Text that arrives in pieces and is wanted once, whole. Joining each piece on arrival would copy the
 * text again and again; a rope costs 32 bytes for each piece, however short.
 */
export class TextPile {
  #joined = ''
  #pieces: string[]
  readonly #separator: string

  // Never without pieces: engines take an empty array for one of numbers, and the push that has seen both is slow.
  constructor(first = '', separator = '') {
    this.#pieces = [first]
    this.#separator = separator
  }

  push(piece: string): void {
    if (this.#pieces.length === PIECES) {
      this.#joined = this.join() + this.#separator
      this.#pieces = [piece]
    } else {
      this.#pieces.push(piece)
    }
  }

  /** The whole text, with the separator between its pieces. */
  join(): string {
    return this.#joined + this.#pieces.join(this.#separator)
  }
}

/**
 * Returns `text` without a tie to the chunk it may be a slice of: engines let a slice share the memory of
 * its parent, and of the parent's parent, so that a few characters would keep a large chunk alive.
 */
export function detach(text: string, chunkLength: number): string {
  if (chunkLength <= SMALL_CHUNK || text.length * FAIR_SHARE >= chunkLength) return text
  // Slicing a fresh concatenation makes the engine flatten it first, into memory of its own.
  return (' ' + text).slice(1)
}
