import { COLON, SPACE } from '../wire/constants.js'
import { TextPile, detach } from './text-pile.js'

/** The names that mean something, as they stand before the colon (WHATWG HTML 9.2.6). */
const FIELDS = ['data', 'event', 'id', 'retry']

/** Code units after which a line's name and the start of its value are known: those of `"event: "`. */
const PREFIX = 7

/**
 * The line that the chunks so far have not ended. Of a line that will mean nothing only the start is
 * kept, so that an endless comment takes no memory.
 */
export class PartialLine {
  readonly #hearsComments: boolean
  #head = ''
  #tail = new TextPile('')
  #tailLength = 0
  #dropped = false

  constructor(hearsComments: boolean) {
    this.#hearsComments = hearsComments
  }

  get isEmpty(): boolean {
    return this.#head === ''
  }

  /** Adds what `text` has of the line, from `start` on; `text` may be a slice of a chunk of `chunkLength`. */
  add(text: string, start: number, chunkLength: number): void {
    if (this.#dropped) return
    const piece = detach(start === 0 ? text : text.slice(start), chunkLength)
    if (this.#head.length >= PREFIX) {
      this.#tail.push(piece)
      this.#tailLength += piece.length
      return
    }
    this.#head += piece
    if (this.#head.length >= PREFIX && !this.#means()) {
      this.#head = this.#head.slice(0, PREFIX)
      this.#dropped = true
    }
  }

  /** Code units of the value so far, to hold against the limit; 0 for a line that will be dropped. */
  get valueLength(): number {
    const head = this.#head
    const colon = head.indexOf(':')
    if (colon === -1 || this.#dropped || !this.#means()) return 0
    const start = colon !== 0 && head.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1
    return head.length - start + this.#tailLength
  }

  /** Only once the name has ended: until then it may become another one. */
  get isData(): boolean {
    return this.#head.startsWith('data:')
  }

  /** Gives back the line with `rest` after it; empty again. A dropped line comes back as its start, which means nothing either. */
  take(rest: string): string {
    if (!this.#dropped) this.#tail.push(rest)
    const line = this.#dropped ? this.#head + rest.slice(-1) : this.#head + this.#tail.take()
    this.clear()
    return line
  }

  clear(): void {
    this.#head = ''
    this.#tail.take()
    this.#tailLength = 0
    this.#dropped = false
  }

  #means(): boolean {
    const head = this.#head
    if (head.charCodeAt(0) === COLON) return this.#hearsComments
    const colon = head.indexOf(':')
    return colon === -1 ? FIELDS.some((name) => name.startsWith(head)) : FIELDS.includes(head.slice(0, colon))
  }
}
