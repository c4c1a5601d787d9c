import { TextPile } from './text-pile.js'

/** The names that mean something, with the colon behind them (WHATWG HTML 9.2.6). */
const FIELDS = ['data:', 'event:', 'id:', 'retry:']

/** Code units within which such a name ends, with its colon and one unit behind: those of `"event: "`. */
const HEAD = 7

/** Code units up to which a line is kept whatever it is; most lines end with the next text. */
const LONG = 1024

/**
 * The line that the texts so far have not ended. Of a long one that will mean nothing only the start is
 * kept, so that an endless comment takes no memory.
 */
export class UnfinishedLine {
  /** Code units so far. */
  length = 0
  #pile = new TextPile()
  #head = ''
  /** Where the value starts: 0 while that is not known, -1 if the line means nothing. */
  #valueStart = 0

  /** Adds to the line. A slice of a chunk is to be detached from it before. */
  add(piece: string): void {
    this.length += piece.length
    if (this.#valueStart >= 0) this.#pile.push(piece)
  }

  /**
   * Code units of its value so far, for a limit of `room`: 0 where the line means nothing, or is known to be
   * within that room. `separator` is what a data line takes beside its value;
   * a comment means something where somebody `hearsComments`.
   */
  size(room: number, separator: number, hearsComments: boolean): number {
    const { length } = this
    let start = this.#valueStart
    if (!start) {
      if (length < LONG && length < room) return 0
      const whole = this.#pile.join()
      const head = (this.#head = whole.slice(0, HEAD))
      const colon = head.indexOf(':')
      // Up to a colon it is one of them, or none; without a colon it may become one.
      const name = head.slice(0, colon + 1) || head
      const means = colon ? FIELDS.some((field) => field.startsWith(name)) : hearsComments
      this.#pile = new TextPile(means ? whole : head)
      start = colon + (colon > 0 && head[colon + 1] === ' ' ? 2 : 1)
      if (!means) this.#valueStart = start = -1
      // Whether a space belongs to the value is known with the unit after it.
      else if (colon >= 0 && length > colon + 1) this.#valueStart = start
    }
    return start > 0 ? length - start + (this.#head[0] === 'd' ? separator : 0) : 0
  }

  /** The whole line, which ends at `end` of the next text, with that text up to `cut`. */
  join(text: string, end: number, cut: number): string {
    this.#pile.push(text.slice(this.#valueStart < 0 ? end : 0, cut))
    return this.#pile.join()
  }
}
