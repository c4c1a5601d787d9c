import { dataValue, eventValue, idValue, retryValue } from './field-value.js'

// What is known between two texts: the line and the block that the texts so far have not ended.

/** Pieces kept apart before they are joined: bounds both the array and the chunks that slices hold alive. */
const PIECES = 512

/**
 * Chunks up to this many code units are not worth a copy for the slices kept of them: at most
 * `PIECES` such chunks are held alive at a time.
 */
const SMALL_CHUNK = 1024

/** A slice that takes up at least this fraction of its chunk may hold it alive. */
const FAIR_SHARE = 4

/** A longer line is looked at to see whether it means anything. Most lines are shorter, and end with the next text. */
const LONG = 1024

/** With this many code units it is known whether a line is a field: the longest name, its colon and a space are `"event: "`. */
const NAME = 7

const COLON = 0x3a

/**
 * Text that arrives in pieces and is wanted once, whole. Joining each piece on arrival would copy the
 * text again and again; a rope costs 32 bytes for each piece, however short.
 */
export class TextPile {
  _joined = ''
  _pieces: string[]
  readonly _separator: string

  // Never without pieces: engines take an empty array for one of numbers, and the push that has seen both is slow.
  constructor(first = '', separator = '') {
    this._pieces = [first]
    this._separator = separator
  }

  push(piece: string): void {
    if (this._pieces.length === PIECES) {
      this._joined = this.join() + this._separator
      this._pieces = [piece]
    } else {
      this._pieces.push(piece)
    }
  }

  /** The whole text, with the separator between its pieces. */
  join(): string {
    return this._joined + this._pieces.join(this._separator)
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

/**
 * The line that the texts so far have not ended. Once a long line is known to mean nothing to anybody, only its start
 * is kept, so that an endless comment takes no memory.
 */
export class UnfinishedLine {
  /** Code units so far. */
  length = 0
  _pile = new TextPile()
  /** The line is long, and somebody wants it. */
  _isWanted = false
  /** The line is long, and nobody wants it. */
  _isDropped = false

  /** Adds to the line. A slice of a chunk is to be detached from it before. */
  add(piece: string): void {
    this.length += piece.length
    if (!this._isDropped) this._pile.push(piece)
  }

  /** Whether the line is so long that it has to be known whether anybody wants it, and is not. */
  _isDoubtful(): boolean {
    return this.length >= LONG && !this._isWanted && !this._isDropped
  }

  /**
   * Code units that count of it so far. Joins the pieces, so it is called only where the whole line is beyond the room there is: what
   * counts is the line without its name, so that this is done a few times at most before the line is too long.
   *
   * `separator` is what the data of a further data line takes beside its value.
   */
  _measure(separator: number, hearsComments: unknown, hearsIgnored: unknown): number {
    if (this._isDropped) return 0
    const whole = this._pile.join()
    const { length } = whole
    const unit = whole.charCodeAt(0)
    const data = dataValue(whole, unit, 0, -1)
    const start =
      data || eventValue(whole, unit, 0, -1) || idValue(whole, unit, 0, -1) || retryValue(whole, unit, 0, -1)
    const isComment = unit === COLON
    if (!start && !isComment && length < NAME) return 0 // It may still become a field.
    if (start || (isComment ? hearsComments : hearsIgnored)) {
      this._isWanted = true
      // Of a comment, all after the colon counts; of a line that is ignored, all.
      return length - (start || +isComment) + (data && separator)
    }
    this._isDropped = true
    this._pile = new TextPile(whole.slice(0, NAME))
    return 0
  }

  /** The whole line, which ends at `end` of the next text, with that text up to `cut`. */
  join(text: string, end: number, cut: number): string {
    this._pile.push(text.slice(this._isDropped ? end : 0, cut))
    return this._pile.join()
  }
}

/** What one text brought of a block. */
export interface BlockPart {
  readonly type: string
  /** The id that takes effect at the blank line. */
  readonly id: string | undefined
  /** Code units of all field values of the block. */
  readonly size: number
  /** The data of so many `lines`; of several, each ends with a line feed. */
  readonly data: string | undefined
  readonly lines: number
}

/** The block that the texts so far have not ended. */
export class UnfinishedBlock {
  /** Whether there is anything of it here. */
  _isOpen = false
  type = ''
  id: string | undefined
  size = 0
  data: TextPile | undefined

  /** Keeps a part that a text of `textLength` brought. */
  _save(part: BlockPart, textLength: number): void {
    const { type, id, data } = part
    this._isOpen = true
    this.type = type && detach(type, textLength)
    this.id = id && detach(id, textLength)
    this.size = part.size
    if (data === undefined) return
    // A slice of pieces tied together is one of a copy, which takes much less memory.
    const piece = part.lines > 1 ? data.slice(0, -1) : detach(data, textLength)
    if (this.data) this.data.push(piece)
    else this.data = new TextPile(piece, '\n')
  }

  /** The data of the whole block, `last` being the end of it; `undefined` for a block without data. */
  _wholeData(last: string | undefined): string | undefined {
    if (!this.data) return last
    if (last !== undefined) this.data.push(last)
    return this.data.join()
  }
}
