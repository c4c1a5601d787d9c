import { dataValue, eventValue, idValue, retryValue } from './field-value.js'

// What the parser keeps between two texts: the line and the block that have begun and not ended.

/** So many short pieces are kept before they are joined. This bounds the array, and the chunks that its slices hold alive. */
const PIECES = 512

/**
 * Of a chunk up to this many code units a slice is kept as it is, without a copy: at most `PIECES` such chunks are held
 * alive at a time.
 */
const SMALL_CHUNK = 1024

/** A slice that takes up at least this fraction of its chunk may hold it alive. */
const FAIR_SHARE = 4

/** A line longer than this is examined: a comment nobody hears need not be kept. Most lines are shorter. */
const LONG = 1024

/** After this many code units it is known whether a line is a field: `"event: "` is the longest start of one. */
const NAME = 7

const COLON = 0x3a

/**
 * Text that arrives in pieces and is wanted once, whole. Joining each piece on arrival would copy the text again and
 * again. A rope is copied once, when it is read, but costs 32 bytes for each piece. So short pieces are joined, many at
 * a time, and what comes of them and long pieces become a rope.
 */
export class TextPile {
  // Made for each line that is cut. A field of the class would become a call for each, in a bundle for an older target.
  declare _joined: string
  declare _pieces: string[]
  declare readonly _separator: string

  // Never without pieces: engines take an empty array for one of numbers, and the push that has seen both is slow.
  constructor(first = '', separator = '') {
    this._joined = ''
    this._pieces = [first]
    this._separator = separator
  }

  push(piece: string): void {
    // A long piece is a fair share of any chunk that it holds alive, so a rope may have as many as come.
    if (this._pieces.length === PIECES || piece.length * FAIR_SHARE >= SMALL_CHUNK) {
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
 * A line that has begun and not ended. Of a long line that nobody wants only the start is kept, so that an endless
 * comment takes no memory.
 */
export class UnfinishedLine {
  /** Code units so far. */
  declare length: number
  declare _pile: TextPile
  /** The line is long, and somebody wants it. */
  declare _isWanted: boolean
  /** The line is long, and nobody wants it. */
  declare _isDropped: boolean

  constructor() {
    this.length = 0
    this._pile = new TextPile()
    this._isWanted = this._isDropped = false
  }

  /** Adds to the line. The caller has detached the piece from its chunk. */
  add(piece: string): void {
    this.length += piece.length
    if (!this._isDropped) this._pile.push(piece)
  }

  /** Whether the line is long, and it is not known yet whether somebody wants it. */
  _isDoubtful(): boolean {
    return this.length >= LONG && !this._isWanted && !this._isDropped
  }

  /**
   * How many code units of the line count against the limit so far: those of its value. It joins the pieces, which is
   * costly. So it is called only if the line, name included, is larger than the room that is left: a few times at most.
   *
   * @param separator Code units that a further line of data takes beside its value.
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
      // A comment counts without its colon, an ignored line whole.
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

/** The part of a block that came with one text. */
export interface BlockPart {
  readonly type: string
  /** The id that takes effect at the blank line. */
  readonly id: string | undefined
  /** Code units of all field values of the block. */
  readonly size: number
  /** The data of `lines` lines. If there are several, each ends with a line feed. */
  readonly data: string | undefined
  readonly lines: number
}

/** A block that has begun and not ended. */
export class UnfinishedBlock {
  /** Whether a part of a block is kept here. */
  declare _isOpen: boolean
  declare type: string
  declare id: string | undefined
  declare size: number
  declare data: TextPile | undefined

  constructor() {
    this._isOpen = false
    this.type = ''
    this.id = undefined
    this.size = 0
    this.data = undefined
  }

  /** Keeps a part that a text of `textLength` brought. */
  _save(part: BlockPart, textLength: number): void {
    const { type, id, data } = part
    this._isOpen = true
    this.type = type && detach(type, textLength)
    this.id = id && detach(id, textLength)
    this.size = part.size
    if (data === undefined) return
    // Several lines were joined into a copy already, so a slice of it holds no chunk alive.
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
