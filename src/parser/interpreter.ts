import { DEFAULT_EVENT_TYPE } from '../wire/constants.js'
import { ASCII_DIGITS } from '../wire/field-rules.js'
import type { ServerSentEvent } from '../wire/types.js'
import { dataValue, eventValue, idValue, retryValue } from './field-value.js'
import { detach } from './text-pile.js'
import type { ParserOptions } from './types.js'
import { UnfinishedBlock, saveBlock, wholeData } from './unfinished-block.js'
import { UnfinishedLine } from './unfinished-line.js'

/** An enum of this file, so that the built code has numbers where it looks at each line. */
const enum Unit {
  LF = 0x0a,
  CR = 0x0d,
  Colon = 0x3a,
  Bom = 0xfeff,
}

/** Lines of data tied together before they are copied: each takes up to 64 bytes until then, however short. */
const TIED = 1024

/**
 * Text in, events out. A class: engines call its methods without a look at what they call, which closures of many
 * parsers cannot be spared.
 */
export class Interpreter {
  readonly #parser: { lastEventId: string }
  readonly #callbacks: ParserOptions
  readonly #maxEventSize: number
  readonly #overflow: () => Error
  /** Counts how often all was dropped, which a callback may cause in the middle of a text. */
  #epoch = 0
  /** What the next text may start with and means nothing: a byte order mark, the LF of a CRLF, or 0 for neither. */
  #skipped!: number
  #line!: UnfinishedLine
  #block!: UnfinishedBlock
  // What a callback that threw has left over.
  #due: ServerSentEvent | undefined
  #rest = ''

  /** Keeps the last event ID at `parser`; `overflow` makes the error for an event beyond `maxEventSize`. */
  constructor(options: ParserOptions, parser: { lastEventId: string }, maxEventSize: number, overflow: () => Error) {
    this.#parser = parser
    this.#callbacks = options
    this.#maxEventSize = maxEventSize
    this.#overflow = overflow
    this.start()
  }

  /**
   * Interprets the next text of the stream, line by line (WHATWG HTML 9.2.6).
   *
   * What the loop needs lives in local variables, which engines keep in registers; fields would be read
   * and written again for every line.
   */
  take(text: string): void {
    const run = this.#epoch
    const { length } = text
    let at = 0
    // `lf` and `cr` are where the first of each is found from `at`, or the length.
    let lf = text.indexOf('\n')
    let cr = text.indexOf('\r')
    if (lf < 0) lf = length
    if (cr < 0) cr = length
    const line = this.#line
    if (line.length > 0) {
      const end = lf < cr ? lf : cr
      if (end === length) return this.#keep(text, length)
      // The line is a text of its own, with a line feed behind it: to copy a large text behind its start costs more.
      at = end + (text.charCodeAt(end + 1) === Unit.LF ? 2 : 1)
      this.#rest = text.slice(at)
      this.#line = new UnfinishedLine()
      this.take(line.join(text, end, at))
      if (this.#epoch !== run) return
      this.#rest = ''
    }
    if (this.#skipped && at < length) {
      if (text.charCodeAt(at) === this.#skipped) at++
      this.#skipped = 0
    }
    const parser = this.#parser
    const callbacks = this.#callbacks
    const maxEventSize = this.#maxEventSize
    let block = this.#block
    let { lastEventId } = parser
    // Most texts are an event with one line of data, which needs none of the state below.
    if (lf + 2 === length && cr === length && !block.isOpen && text.charCodeAt(lf + 1) === Unit.LF) {
      const start = dataValue(text, text.charCodeAt(at), at, lf)
      if (start && lf - start <= maxEventSize)
        return callbacks.onEvent?.({ event: DEFAULT_EVENT_TYPE, data: text.slice(start, lf), id: lastEventId })
    }
    let blockType = block.type
    let blockId = block.id
    let { size } = block
    let nul = -1 // Where the first NUL is, once an id has asked.
    let value: string | undefined
    let lines = 0
    let position = at // How far the text has been interpreted.
    try {
      for (;;) {
        if (lf < at && (at === length || (lf = text.indexOf('\n', at)) < 0)) lf = length
        if (cr < at && (at === length || (cr = text.indexOf('\r', at)) < 0)) cr = length
        const from = at
        let end = lf
        at = lf + 1
        if (cr < lf) {
          end = cr
          at = cr + 1
          if (at === length) this.#skipped = Unit.LF
          else if (text.charCodeAt(at) === Unit.LF) at++
        }
        if (end === length) {
          if (from !== position) saveBlock(block, blockType, blockId, size, value, lines, length)
          parser.lastEventId = detach(lastEventId, length)
          if (from < length) this.#keep(text.slice(from), length)
          return
        }
        if (end !== from) {
          const unit = text.charCodeAt(from)
          let start = 0
          if ((start = dataValue(text, unit, from, end))) {
            size += end - start
            if (lines > 0 || block.data) size++
            if (size > maxEventSize) throw this.#overflow()
            if (lines++ === 0) {
              value = text.slice(start, end)
            } else {
              // Engines tie pieces together and copy them once, when somebody looks. With the line feed in the piece
              // there is one tie for each line, and one at the end too many.
              if (lines === 2) value += '\n'
              value += end === lf ? text.slice(start, at) : text.slice(start, end) + '\n'
              if (lines === TIED) {
                saveBlock(block, blockType, blockId, size, value, lines, length)
                value = undefined
                lines = 0
              }
            }
          } else if ((start = eventValue(text, unit, from, end))) {
            if ((size += end - start) > maxEventSize) throw this.#overflow()
            blockType = text.slice(start, end)
            continue
          } else if ((start = idValue(text, unit, from, end))) {
            if ((size += end - start) > maxEventSize) throw this.#overflow()
            if (nul < start && (nul = text.indexOf('\0', start)) < 0) nul = length
            if (nul >= end) blockId = text.slice(start, end)
            continue
          } else if (unit === Unit.Colon ? callbacks.onComment : (start = retryValue(text, unit, from, end))) {
            const told = text.slice(start || from + 1, end)
            if (size + told.length > maxEventSize) throw this.#overflow()
            if (start) size += told.length
            saveBlock(block, blockType, blockId, size, value, lines, length)
            value = undefined
            lines = 0
            position = at
            if (!start) callbacks.onComment!(told)
            else if (ASCII_DIGITS.test(told)) callbacks.onRetry?.(+told)
            if (this.#epoch !== run) return
          }
          // Most blocks end here: no search for the end of the blank line.
          if (at === length) continue
          const next = text.charCodeAt(at)
          if (next === Unit.LF) {
            at++
          } else if (next === Unit.CR) {
            at++
            if (at === length) this.#skipped = Unit.LF
            else if (text.charCodeAt(at) === Unit.LF) at++
          } else {
            continue
          }
        }
        // A blank line. All is forgotten before the callbacks, so that they may throw.
        let whole = lines > 1 ? value!.slice(0, -1) : value
        if (block.isOpen) {
          whole = wholeData(block.data, whole)
          block = this.#block = new UnfinishedBlock()
        }
        const type = blockType || DEFAULT_EVENT_TYPE
        position = at
        blockType = ''
        size = lines = 0
        value = undefined
        if (blockId !== undefined) {
          lastEventId = parser.lastEventId = blockId
          blockId = undefined
          if (callbacks.onId) {
            if (whole !== undefined) this.#due = { event: type, data: whole, id: lastEventId }
            callbacks.onId(lastEventId)
            if (this.#epoch !== run) return
            this.#due = undefined
          }
        }
        // A literal right here costs nothing where the engine inlines the callback.
        if (whole !== undefined) {
          callbacks.onEvent?.({ event: type, data: whole, id: lastEventId })
          if (this.#epoch !== run) return
        }
      }
    } catch (error) {
      if (this.#epoch === run) this.#rest = detach(text.slice(position), length) + this.#rest
      throw error
    }
  }

  /** Goes on with what a callback that threw has left over. */
  resume(): void {
    const event = this.#due
    this.#due = undefined
    if (event) this.#callbacks.onEvent?.(event)
    const text = this.#rest
    this.#rest = ''
    this.take(text)
  }

  /** Begins the next stream; the last event ID stays. */
  start(): void {
    this.#skipped = Unit.Bom
    this.#line = new UnfinishedLine()
    this.#block = new UnfinishedBlock()
  }

  /** Drops all there is, the rest of a text in work too. */
  forget(): void {
    this.start()
    this.#epoch++
    this.#due = undefined
    this.#rest = ''
  }

  /** Keeps the end of a text of `textLength`: the line that it does not end. */
  #keep(piece: string, textLength: number): void {
    const { size, data } = this.#block
    const room = this.#maxEventSize - size
    this.#line.add(detach(piece, textLength))
    if (this.#line.size(room, data ? 1 : 0, !!this.#callbacks.onComment) > room) throw this.#overflow()
  }
}
