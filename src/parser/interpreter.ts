import { DEFAULT_EVENT_TYPE } from '../wire/constants.js'
import { ASCII_DIGITS } from '../wire/field-rules.js'
import type { ServerSentEvent } from '../wire/types.js'
import type { Interpreter } from './interpreter-types.js'
import { dataValue, eventValue, idValue, retryValue } from './field-value.js'
import { detach } from './text-pile.js'
import type { ParserOptions } from './types.js'
import { createUnfinishedBlock, endBlock, saveBlock } from './unfinished-block.js'
import { createUnfinishedLine } from './unfinished-line.js'

/** An enum of this file, so that the built code has numbers where it looks at each line. */
const enum Unit {
  LF = 0x0a,
  CR = 0x0d,
  Colon = 0x3a,
  D = 0x64,
  E = 0x65,
  I = 0x69,
  R = 0x72,
  Bom = 0xfeff,
}

/** Code units up to which a text is copied behind the line that it ends; of a larger one that line alone is taken apart. */
const JOINED = 16 * 1024

/** Lines of data tied together before they are copied: each takes up to 64 bytes until then, however short. */
const TIED = 1024

/** `overflow` makes the error for an event beyond `maxEventSize`. */
export function createInterpreter(
  { onEvent, onComment, onRetry, onId }: ParserOptions,
  lastEventId: string,
  maxEventSize: number,
  overflow: () => Error,
): Interpreter {
  /** Counts how often all was dropped, which a callback may cause in the middle of a text. */
  let epoch = 0
  let isAtStart = true
  /** A CR ended the last text: an LF at the start of the next one belongs to it. */
  let skipLf = false
  /** Code units of the text in work, which any slice of it holds alive. */
  let textLength = 0
  let line = createUnfinishedLine(!!onComment)

  const block = createUnfinishedBlock()

  // What a callback that threw has left over.
  let due: ServerSentEvent | undefined
  let rest = ''
  /** How far the text in work has been interpreted. */
  let position = 0

  /** Keeps what `text` has of the line that it does not end. */
  function keep(text: string): void {
    line.add(detach(text, textLength))
    const room = maxEventSize - block.size
    if (line.size(room, block.hasData ? 1 : 0) > room) throw overflow()
  }

  /**
   * Interprets the next text line by line (WHATWG HTML 9.2.6).
   *
   * What the loop needs lives in local variables, which engines keep in registers; those around
   * would be read and written again for every line.
   */
  function take(text: string, begin: number): void {
    const run = epoch
    let { length } = text
    let at = begin
    if (at < length && (isAtStart || skipLf)) {
      if (text.charCodeAt(at) === (isAtStart ? Unit.Bom : Unit.LF)) at++
      isAtStart = skipLf = false
    }
    if (at === length) return
    textLength = length
    // `lf` and `cr` are where the first of each is found from `at`, or the length.
    let lf = text.indexOf('\n', at)
    let cr = text.indexOf('\r', at)
    if (lf < 0) lf = length
    if (cr < 0) cr = length
    if (!line.isEmpty()) {
      const end = lf < cr ? lf : cr
      if (end === length) return keep(text.slice(at))
      if (length > JOINED) {
        try {
          take(line.join(text.slice(at, end + 1), 0, end - at), 0)
        } catch (error) {
          if (epoch === run) rest += text.slice(end + 1)
          throw error
        }
        return epoch === run ? take(text, end + 1) : undefined
      }
      text = line.join(text, at, end)
      const shift = text.length - length
      lf += shift
      cr += shift
      textLength = length += shift
      at = 0
    }

    let blockType = block.type
    let blockId = block.id
    let earlierSize = block.size
    let used = 0
    let value: string | undefined
    let lines = 0
    position = at
    try {
      for (;;) {
        if (lf < at && (at === length || (lf = text.indexOf('\n', at)) < 0)) lf = length
        const from = at
        let end = lf
        at = lf + 1
        if (cr < lf) {
          end = cr
          at = cr + 1
          if (at === length) skipLf = true
          else if (text.charCodeAt(at) === Unit.LF) at++
          if ((cr = text.indexOf('\r', at)) < 0) cr = length
        }

        if (end === length) {
          // Else nothing came since the last blank line.
          if (from !== position) saveBlock(block, blockType, blockId, earlierSize + used, value, lines, length)
          if (lastEventId) lastEventId = detach(lastEventId, length)
          if (from < length) keep(text.slice(from))
          return
        }

        if (end !== from) {
          const unit = text.charCodeAt(from)
          let start = 0
          if (unit === Unit.D && (start = dataValue(text, from, end))) {
            used += end - start
            if (lines > 0 || block.hasData) used++
            if (earlierSize + used > maxEventSize) throw overflow()
            const piece = text.slice(start, end)
            // Engines tie the pieces together and copy them once, when somebody looks.
            value = lines++ > 0 ? value + '\n' + piece : piece
            if (lines === TIED) {
              saveBlock(block, blockType, blockId, earlierSize + used, value, lines, length)
              value = undefined
              lines = 0
            }
          } else if (unit === Unit.E && (start = eventValue(text, from, end))) {
            if (earlierSize + (used += end - start) > maxEventSize) throw overflow()
            blockType = text.slice(start, end)
          } else if (unit === Unit.I && (start = idValue(text, from, end))) {
            if (earlierSize + (used += end - start) > maxEventSize) throw overflow()
            const given = text.slice(start, end)
            if (given.indexOf('\0') < 0) blockId = given
          } else if (unit === Unit.Colon ? onComment : unit === Unit.R && (start = retryValue(text, from, end))) {
            const isComment = start === 0
            if (isComment) start = from + 1
            if (earlierSize + used + end - start > maxEventSize) throw overflow()
            if (!isComment) used += end - start
            saveBlock(block, blockType, blockId, earlierSize + used, value, lines, length)
            value = undefined
            lines = 0
            position = at
            const told = text.slice(start, end)
            if (isComment) onComment!(told)
            else if (ASCII_DIGITS.test(told)) onRetry?.(+told)
            if (epoch !== run) return
          }

          // Most blocks end here: no search for the end of the blank line.
          if (at === length) continue
          if (text.charCodeAt(at) === Unit.LF) {
            at++
          } else if (cr === at && at + 1 < length && text.charCodeAt(at + 1) === Unit.LF) {
            at += 2
            if ((cr = text.indexOf('\r', at)) < 0) cr = length
          } else {
            continue
          }
        }

        // A blank line. All is forgotten before the callbacks, so that they may throw.
        const whole = block.isOpen ? endBlock(block, value) : value
        const newType = blockType || DEFAULT_EVENT_TYPE
        position = at
        blockType = ''
        earlierSize = used = lines = 0
        value = undefined
        if (blockId !== undefined) {
          lastEventId = blockId
          blockId = undefined
          if (onId) {
            if (whole !== undefined) due = { event: newType, data: whole, id: lastEventId }
            onId(lastEventId)
            if (epoch !== run) return
            due = undefined
          }
        }
        // A literal right here costs nothing where the engine inlines the callback.
        if (whole !== undefined && onEvent) {
          onEvent({ event: newType, data: whole, id: lastEventId })
          if (epoch !== run) return
        }
      }
    } catch (error) {
      if (epoch === run) rest = detach(text.slice(position), length)
      throw error
    }
  }

  function startStream(): void {
    isAtStart = true
    skipLf = false
    line = createUnfinishedLine(!!onComment)
    endBlock(block)
  }

  return {
    take,
    start: startStream,
    resume() {
      const event = due
      const text = rest
      if (event) {
        due = undefined
        onEvent?.(event)
      } else if (text) {
        rest = ''
        take(text, 0)
      } else {
        return false
      }
      return true
    },
    forget(newId = lastEventId) {
      startStream()
      epoch++
      due = undefined
      rest = ''
      lastEventId = newId
    },
    lastEventId: () => lastEventId,
  }
}
