import { DEFAULT_EVENT_TYPE } from '../wire/constants.js'
import { ASCII_DIGITS } from '../wire/field-rules.js'
import type { ServerSentEvent } from '../wire/types.js'
import { dataValue, eventValue, idValue, retryValue } from './field-value.js'
import { CARRIAGE_RETURN, LINE_FEED, find, hasDecoys } from './line-end.js'
import type { ParserOptions } from './types.js'
import { UnfinishedBlock, UnfinishedLine, detach } from './unfinished.js'

/** An enum of this file, so that the built code has numbers where it looks at each line. */
const enum Unit {
  LF = 0x0a,
  CR = 0x0d,
  Colon = 0x3a,
  Bom = 0xfeff,
}

/** Lines of data that are joined lazily before they are copied. Until then each takes up to 64 bytes, however short it is. */
const TIED = 1024

/**
 * Text in, events out. It is a class, because all parsers share its methods, so an engine knows what it calls.
 * Closures are new functions for each parser, which the engine would have to tell apart at each call.
 */
export class Interpreter {
  readonly _parser: { lastEventId: string }
  readonly _callbacks: ParserOptions
  readonly _maxEventSize: number
  readonly _overflow: () => Error
  /** Goes up at each `forget()`. A callback may call that in the middle of a text, and the loop then stops. */
  _epoch = 0
  /** A code unit to skip at the start of the next text: a byte order mark, the LF of a CRLF, or 0 for none. */
  _skipped!: number
  /** Whether nothing is left of earlier texts: no line, no block, nothing to skip. */
  _isClean!: boolean
  _line!: UnfinishedLine
  _block!: UnfinishedBlock
  // After a callback that threw: the event that is due, and the rest of the text.
  _due: ServerSentEvent | undefined
  _rest = ''

  /** Keeps the last event ID at `parser`; `overflow` makes the error for an event beyond `maxEventSize`. */
  // An object in place of the last two would cost 16 bytes of every bundle.
  constructor(options: ParserOptions, parser: { lastEventId: string }, maxEventSize: number, overflow: () => Error) {
    this._parser = parser
    this._callbacks = options
    this._maxEventSize = maxEventSize
    this._overflow = overflow
    this.start()
  }

  /** Interprets the next text of the stream, line by line (WHATWG HTML 9.2.6). */
  take(text: string): void {
    const decoys = hasDecoys(text)
    const lf = decoys ? find(LINE_FEED, text, 0) : text.indexOf('\n', 0)
    const cr = decoys ? find(CARRIAGE_RETURN, text, 0) : text.indexOf('\r', 0)
    if (cr >= 0 || !this._isClean || !this._takeWhole(text, lf)) this._lines(text, lf, cr, decoys)
  }

  // Two shortcuts, for what most streams are made of. They change nothing but the time: without them, the loop in `_lines` does the same.

  /**
   * Takes a text that is one whole event, with at most a type and one line of data, or one comment that nobody hears. Says
   * whether it was one. It has no CR, its first LF is at `lf`, and nothing is left from before.
   */
  _takeWhole(text: string, lf: number): boolean {
    const { length } = text
    let at = 0
    let type = DEFAULT_EVENT_TYPE
    let start = eventValue(text, text.charCodeAt(0), 0, lf)
    if (start) {
      if (lf > start) type = text.slice(start, lf)
      at = lf + 1
      lf = text.indexOf('\n', at)
    }
    if (lf + 2 !== length || text.charCodeAt(lf + 1) !== Unit.LF) return false
    const unit = text.charCodeAt(at)
    start = dataValue(text, unit, at, lf)
    // `length` counts field names too, so it is at least the size. A text that may be beyond the limit is left to `_lines`.
    if (start && length <= this._maxEventSize) {
      this._callbacks.onEvent?.({ event: type, data: text.slice(start, lf), id: this._parser.lastEventId })
      return true
    }
    return unit === Unit.Colon && at === 0 && !this._callbacks.onComment
  }

  /** Whether a text is worth a look at whether it begins with events of one line of data each. */
  _mayBePlain(): boolean {
    return !this._block._isOpen
  }

  /**
   * Interprets the rest of a text. `lf` and `cr` are where the first of each is found, -1 for nowhere; `decoys` tells
   * how the next are searched for. Four parameters, because an object for them would be made for each text.
   *
   * What the loop needs lives in local variables, which engines keep in registers; fields would be read
   * and written again for every line.
   */
  _lines(text: string, lf: number, cr: number, decoys: boolean): void {
    const run = this._epoch
    const { length } = text
    let at = 0
    // From here on `lf` and `cr` are the first places from `at` on, or `length` for nowhere. `| 0` tells the engine that
    // they are integers: an argument could be any number.
    lf = lf < 0 ? length : lf | 0
    cr = cr < 0 ? length : cr | 0
    const line = this._line
    if (line.length > 0) {
      const end = lf < cr ? lf : cr
      if (end === length) return this._keep(text, length)
      // The line is taken as a text of its own. Joining its start with the whole of a large text would copy that text.
      at = end + (text.charCodeAt(end + 1) === Unit.LF ? 2 : 1)
      this._rest = text.slice(at)
      this._line = new UnfinishedLine()
      const whole = line.join(text, end, at)
      const shift = whole.length - at
      this._lines(whole, lf < at ? lf + shift : -1, cr < at ? cr + shift : -1, decoys)
      if (this._epoch !== run) return
      this._rest = ''
    }
    if (this._skipped && at < length) {
      if (text.charCodeAt(at) === this._skipped) at++
      this._skipped = 0
    }
    this._isClean = false
    const parser = this._parser
    const callbacks = this._callbacks
    const maxEventSize = this._maxEventSize
    let block = this._block
    let { lastEventId } = parser
    let blockType = block.type
    let blockId = block.id
    let { size } = block
    let nul = -1 // Where the first NUL is, once an id has asked.
    let value: string | undefined
    let lines = 0
    let position = at // How far the text has been interpreted.
    try {
      if (cr === length && !decoys && this._mayBePlain()) {
        let start = 0
        while (
          (lf >= at || (lf = text.indexOf('\n', at)) >= 0) &&
          lf + 1 < length &&
          text.charCodeAt(lf + 1) === Unit.LF &&
          (start = dataValue(text, text.charCodeAt(at), at, lf)) &&
          lf - start <= maxEventSize
        ) {
          at = position = lf + 2
          callbacks.onEvent?.({ event: DEFAULT_EVENT_TYPE, data: text.slice(start, lf), id: lastEventId })
          if (this._epoch !== run) return
        }
      }
      for (;;) {
        if (lf < at && (at === length || (lf = decoys ? find(LINE_FEED, text, at) : text.indexOf('\n', at)) < 0))
          lf = length
        if (cr < at && (at === length || (cr = decoys ? find(CARRIAGE_RETURN, text, at) : text.indexOf('\r', at)) < 0))
          cr = length
        const from = at
        let end = lf
        at = lf + 1
        if (cr < lf) {
          end = cr
          at = cr + 1
          if (at === length) this._skipped = Unit.LF
          else if (text.charCodeAt(at) === Unit.LF) at++
        }
        if (end === length) {
          if (from !== position) block._save({ type: blockType, id: blockId, size, data: value, lines }, length)
          parser.lastEventId = detach(lastEventId, length)
          if (from < length) this._keep(text.slice(from), length)
          else this._isClean = !this._skipped && !block._isOpen
          return
        }
        if (end !== from) {
          const unit = text.charCodeAt(from)
          let start = 0
          if ((start = dataValue(text, unit, from, end))) {
            size += end - start
            if (lines > 0 || block.data) size++
            if (size > maxEventSize) throw this._overflow()
            if (lines++ === 0) {
              value = text.slice(start, end)
            } else {
              // Engines join strings lazily: as a tree, which is copied once, when it is read. A piece that ends with its
              // line feed makes one node for each line, not two. The last line feed is cut off at the blank line.
              if (lines === 2) value += '\n'
              value += end === lf ? text.slice(start, at) : text.slice(start, end) + '\n'
              if (lines === TIED) {
                block._save({ type: blockType, id: blockId, size, data: value, lines }, length)
                value = undefined
                lines = 0
              }
            }
          } else if ((start = eventValue(text, unit, from, end))) {
            if ((size += end - start) > maxEventSize) throw this._overflow()
            blockType = text.slice(start, end)
            continue
          } else {
            if ((start = idValue(text, unit, from, end))) {
              if ((size += end - start) > maxEventSize) throw this._overflow()
              if (nul < start && (nul = text.indexOf('\0', start)) < 0) nul = length
              if (nul >= end) {
                blockId = text.slice(start, end)
                continue
              }
            } else if ((start = retryValue(text, unit, from, end)) && (size += end - start) > maxEventSize) {
              throw this._overflow()
            }
            // What is left: lines that are told at once, and lines that nobody wants.
            const isComment = unit === Unit.Colon
            if (start || (isComment ? callbacks.onComment : callbacks.onIgnored)) {
              const told = text.slice(isComment ? from + 1 : from, end)
              if (!start && size + told.length > maxEventSize) throw this._overflow()
              block._save({ type: blockType, id: blockId, size, data: value, lines }, length)
              value = undefined
              lines = 0
              position = at
              const field = text.slice(start, end)
              if (isComment) callbacks.onComment!(told)
              else if (start && ASCII_DIGITS.test(field)) callbacks.onRetry?.(+field)
              else callbacks.onIgnored?.(told)
              if (this._epoch !== run) return
            }
          }
          // Most blocks end here. A look at one unit saves the search for the end of the blank line.
          if (at === length) continue
          const next = text.charCodeAt(at)
          if (next === Unit.LF) {
            at++
          } else if (next === Unit.CR) {
            at++
            if (at === length) this._skipped = Unit.LF
            else if (text.charCodeAt(at) === Unit.LF) at++
          } else {
            continue
          }
        }
        // A blank line. The block is forgotten before the callbacks, so that one that throws leaves no half of it.
        let whole = lines > 1 ? value!.slice(0, -1) : value
        if (block._isOpen) {
          whole = block._wholeData(whole)
          block = this._block = new UnfinishedBlock()
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
            if (whole !== undefined) this._due = { event: type, data: whole, id: lastEventId }
            callbacks.onId(lastEventId)
            if (this._epoch !== run) return
            this._due = undefined
          }
        }
        // A literal right here costs nothing where the engine inlines the callback.
        if (whole !== undefined) {
          callbacks.onEvent?.({ event: type, data: whole, id: lastEventId })
          if (this._epoch !== run) return
        }
      }
    } catch (error) {
      if (this._epoch === run) this._rest = detach(text.slice(position), length) + this._rest
      throw error
    }
  }

  /** Goes on with what a callback that threw has left over. */
  resume(): void {
    const event = this._due
    this._due = undefined
    if (event) this._callbacks.onEvent?.(event)
    const text = this._rest
    this._rest = ''
    this.take(text)
  }

  /** Begins the next stream; the last event ID stays. */
  start(): void {
    this._skipped = Unit.Bom
    this._isClean = false
    this._line = new UnfinishedLine()
    this._block = new UnfinishedBlock()
  }

  /** Drops all there is, the rest of a text in work too. */
  forget(): void {
    this.start()
    this._epoch++
    this._due = undefined
    this._rest = ''
  }

  /** Keeps the end of a text of `textLength`: the line that it does not end. */
  _keep(piece: string, textLength: number): void {
    const line = this._line
    const block = this._block
    const room = this._maxEventSize - block.size
    line.add(detach(piece, textLength))
    if (line.length > room || line._isDoubtful()) {
      const { onComment, onIgnored } = this._callbacks
      if (line._measure(block.data ? 1 : 0, onComment, onIgnored) > room) throw this._overflow()
    }
  }
}
