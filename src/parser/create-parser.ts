import { LimitError } from '../errors/limit-error.js'
import { OptionError } from '../errors/option-error.js'
import { DEFAULT_MAX_EVENT_SIZE } from '../wire/constants.js'
import { parseReconnectionTime } from '../wire/field-rules.js'
import type { ServerSentEvent } from '../wire/types.js'
import { createByteDecoder } from './byte-decoder.js'
import { createPile, detach } from './text-pile.js'
import type { Parser, ParserOptions } from './types.js'

/** In this file and an enum, so that the built code has numbers where it looks at each line. */
const enum Unit {
  LF = 0x0a,
  CR = 0x0d,
  Space = 0x20,
  Colon = 0x3a,
  A = 0x61,
  D = 0x64,
  E = 0x65,
  I = 0x69,
  N = 0x6e,
  R = 0x72,
  T = 0x74,
  V = 0x76,
  Bom = 0xfeff,
}

/**
 * Bytes decoded at a time. One character outside Latin-1 makes the whole decoded text take two bytes
 * each and slows the search for line ends; and an event that is kept holds the text alive that it is a slice of.
 */
const WINDOW = 16 * 1024

const FIELDS = ['data', 'event', 'id', 'retry']

/** Code units within which the name of a field ends: those of `"event:"`. */
const PREFIX = 6

/** Code units up to which a line is kept whatever it is. */
const LONG_LINE = 1024

const enum Phase {
  Idle,
  /** A callback may be at work. */
  Feeding,
  /** A callback threw: what is left comes first. */
  Late,
  /** An event was too large: nothing is taken until a reset. */
  Failed,
}

/** `undefined` is the end of a stream, where it waits its turn behind chunks. */
type Input = string | Uint8Array | undefined

/**
 * Makes an incremental parser of event streams (WHATWG HTML 9.2.5 and 9.2.6): bytes or text in, cut
 * anywhere; events out, through callbacks, before `feed` returns.
 *
 * Keeps no timer and does no I/O. One parser is for one stream at a time; there is nothing to close.
 *
 * @throws {OptionError} for an option that makes no sense.
 *
 * @example
 * ```ts
 * import { createParser, type ServerSentEvent } from 'eventwire/parser'
 *
 * const events: ServerSentEvent[] = []
 * const parser = createParser({ onEvent: (event) => events.push(event) })
 * parser.feed('id: 1\ndata: hel')
 * parser.feed('lo\n\n')
 * events // => [{ event: 'message', data: 'hello', id: '1' }]
 * ```
 */
export function createParser(options: ParserOptions = {}): Parser {
  const { onEvent, onComment, onRetry, onId, maxEventSize = DEFAULT_MAX_EVENT_SIZE } = options
  let { lastEventId = '' } = options
  if (!((maxEventSize as unknown) === +maxEventSize && maxEventSize >= 0))
    throw new OptionError('maxEventSize', 'must be a number >= 0')
  if (typeof lastEventId !== 'string') throw new OptionError('lastEventId', 'must be a string')

  let phase = Phase.Idle
  /** Counts resets: a callback may reset the parser in the middle of a text. */
  let epoch = 0

  // The stream.
  let decode: ReturnType<typeof createByteDecoder> | undefined
  let isAtStart = true
  /** A CR ended the last text: an LF at the start of the next one belongs to it. */
  let skipLf = false
  /** Code units of the chunk in work, which any slice of it holds alive. */
  let chunkLength = 0

  // The line that no text so far has ended. Of one that will mean nothing only the start is kept.
  const line = createPile('')
  let lineLength = 0
  let lineHead = ''
  /** Where its value starts: -1 if it means nothing, 0 while that is not known. */
  let lineValue = 0

  // The block in work: what is known of it between two texts.
  let hasBlock = false
  const data = createPile('\n')
  let hasData = false
  let type = ''
  let id: string | undefined
  /** Code units of all its field values. */
  let size = 0

  // What a callback that threw has left over: the event that was due, the rest of the text, then whole inputs.
  let due: ServerSentEvent | undefined
  let rest = ''
  let backlog: Input[] = []
  /** How far the text in work has been interpreted, should a callback throw. */
  let position = 0

  function startStream(): void {
    decode = undefined
    isAtStart = true
    skipLf = false
    clearLine()
    endBlock('')
  }

  function forget(): void {
    startStream()
    due = undefined
    rest = ''
    backlog = []
  }

  function clearLine(): string {
    lineHead = ''
    lineLength = lineValue = 0
    return line.take()
  }

  function overflow(): never {
    phase = Phase.Failed
    throw new LimitError(maxEventSize)
  }

  /** Keeps what `text` has of the line that it does not end. */
  function keep(text: string): void {
    if (lineValue < 0) return
    line.push(detach(text, chunkLength))
    lineLength += text.length
    // Most lines end with the next text: what a line is about is looked at where it grows long or too large.
    if (lineLength < LONG_LINE && size + lineLength < maxEventSize) return
    let start = lineValue
    if (!start) {
      const whole = line.take()
      const colon = whole.slice(0, PREFIX).indexOf(':')
      lineHead = whole.slice(0, PREFIX + 1)
      const name = colon < 0 ? lineHead : lineHead.slice(0, colon)
      if (!(colon ? FIELDS.some((field) => (colon < 0 ? field.startsWith(name) : field === name)) : onComment)) {
        lineValue = -1
        return
      }
      line.push(whole)
      start = colon > 0 && lineHead[colon + 1] === ' ' ? colon + 2 : colon + 1
      // Without the unit after the colon it is not known yet.
      if (colon >= 0 && lineLength > colon + 1) lineValue = start
    }
    const separator = hasData && lineHead.startsWith('data') ? 1 : 0
    if (start > 0 && size + lineLength - start + separator > maxEventSize) overflow()
  }

  /** Keeps what a text brought of a block that it does not end. */
  function save(
    newType: string,
    newId: string | undefined,
    newSize: number,
    value: string | undefined,
    lines: number,
  ): void {
    hasBlock = true
    type = newType && detach(newType, chunkLength)
    id = newId && detach(newId, chunkLength)
    size = newSize
    if (value === undefined) return
    hasData = true
    // Pieces tied together take much more memory than their text.
    data.push(detach(value, lines > 1 ? Infinity : chunkLength))
  }

  /** Gives back the data of a block that other texts have begun, `value` being the end of it. */
  function endBlock(value: string | undefined): string | undefined {
    if (hasData) {
      if (value !== undefined) data.push(value)
      value = data.take()
    }
    hasBlock = hasData = false
    type = ''
    id = undefined
    size = 0
    return value
  }

  /** Tells of a comment or a reconnection time. */
  function tell(unit: number, value: string): void {
    const ms = unit === Unit.R ? parseReconnectionTime(value) : undefined
    if (ms !== undefined) onRetry?.(ms)
    else if (unit !== Unit.R) onComment!(value)
  }

  /**
   * Takes the next text of the stream, and interprets it line by line (WHATWG HTML 9.2.6).
   *
   * What the loop needs lives in local variables, which engines keep in registers; those of the parser
   * would be read and written again for every line.
   */
  function take(text: string): void {
    const run = epoch
    let current = text
    let length = text.length
    let at = 0
    let next = 0
    if (length > 0 && (isAtStart || skipLf)) {
      if (text.charCodeAt(0) === (isAtStart ? Unit.Bom : Unit.LF)) at = 1
      isAtStart = skipLf = false
    }
    if (at === length) return
    chunkLength = length
    // `lf` and `cr` are where the first of each is found from `at`, or the length.
    let lf = text.indexOf('\n', at)
    let cr = text.indexOf('\r', at)
    if (lf < 0) lf = length
    if (cr < 0) cr = length

    if (lineLength > 0) {
      const end = lf < cr ? lf : cr
      if (end === length) return keep(text.slice(at))
      // A line that began in an earlier text goes through the loop as a text of its own.
      next = end + 1
      if (lineValue < 0) line.push(lineHead)
      line.push(text.slice(lineValue < 0 ? end : at, next))
      current = clearLine()
      length = current.length
      at = 0
      if (lf < cr) {
        lf = length - 1
        cr = length
      } else {
        cr = length - 1
        lf = length
      }
    }

    let blockType = type
    let blockId = id
    let earlierSize = size
    let used = 0
    let value: string | undefined
    let lines = 0
    position = at
    try {
      for (;;) {
        if (lf < at && (at === length || (lf = current.indexOf('\n', at)) < 0)) lf = length
        const from = at
        let end = lf
        at = lf + 1
        if (cr < lf) {
          end = cr
          at = cr + 1
          if (at === length) skipLf = true
          else if (current.charCodeAt(at) === Unit.LF) at++
          if ((cr = current.indexOf('\r', at)) < 0) cr = length
        }

        if (end === length) {
          // Else nothing came since the last blank line.
          if (from !== position) save(blockType, blockId, earlierSize + used, value, lines)
          if (next > 0) {
            // On with the rest of the text, at the end of whose first line this is.
            current = text
            length = text.length
            position = at = next
            next = 0
            if (skipLf && at < length) {
              skipLf = false
              if (text.charCodeAt(at) === Unit.LF) position = ++at
            }
            lf = -1
            if ((cr = text.indexOf('\r', at)) < 0) cr = length
            blockType = type
            blockId = id
            earlierSize = size
            used = lines = 0
            value = undefined
            continue
          }
          if (lastEventId) lastEventId = detach(lastEventId, chunkLength)
          if (from < length) keep(text.slice(from))
          return
        }

        if (end !== from) {
          const unit = current.charCodeAt(from)
          let start = 0
          if (
            unit === Unit.D &&
            current.charCodeAt(from + 1) === Unit.A &&
            current.charCodeAt(from + 2) === Unit.T &&
            current.charCodeAt(from + 3) === Unit.A &&
            (current.charCodeAt(from + 4) === Unit.Colon || from + 4 === end)
          ) {
            // As in fieldValue, which is not always inlined.
            start = from + 5
            if (start > end) start = end
            else if (current.charCodeAt(start) === Unit.Space) start++
            used += end - start
            if (lines > 0 || hasData) used++
            if (earlierSize + used > maxEventSize) overflow()
            const piece = current.slice(start, end)
            // What most events are, one line of data and a blank one, in one step.
            if (
              lines === 0 &&
              !hasBlock &&
              blockId === undefined &&
              at < length &&
              current.charCodeAt(at) === Unit.LF
            ) {
              const newType = blockType || 'message'
              blockType = ''
              earlierSize = used = 0
              position = ++at
              if (onEvent) {
                onEvent({ event: newType, data: piece, id: lastEventId })
                if (epoch !== run) return
              }
              continue
            }
            // Engines tie the pieces together and copy them once, when somebody looks.
            value = lines++ > 0 ? value + '\n' + piece : piece
          } else if (
            unit === Unit.E &&
            current.charCodeAt(from + 1) === Unit.V &&
            current.charCodeAt(from + 2) === Unit.E &&
            current.charCodeAt(from + 3) === Unit.N &&
            current.charCodeAt(from + 4) === Unit.T &&
            (start = fieldValue(current, from + 5, end))
          ) {
            if (earlierSize + (used += end - start) > maxEventSize) overflow()
            blockType = current.slice(start, end)
          } else if (
            unit === Unit.I &&
            current.charCodeAt(from + 1) === Unit.D &&
            (start = fieldValue(current, from + 2, end))
          ) {
            if (earlierSize + (used += end - start) > maxEventSize) overflow()
            const given = current.slice(start, end)
            if (given.indexOf('\0') < 0) blockId = given
          } else if (
            unit === Unit.Colon
              ? onComment
              : unit === Unit.R && current.startsWith('etry', from + 1) && (start = fieldValue(current, from + 5, end))
          ) {
            start ||= from + 1
            if (earlierSize + used + end - start > maxEventSize) overflow()
            if (unit === Unit.R) used += end - start
            save(blockType, blockId, earlierSize + used, value, lines)
            value = undefined
            lines = 0
            position = at
            tell(unit, current.slice(start, end))
            if (epoch !== run) return
          }

          // Most blocks end here: no search for the end of the blank line.
          if (at === length) continue
          if (current.charCodeAt(at) === Unit.LF) {
            at++
          } else if (cr === at && at + 1 < length && current.charCodeAt(at + 1) === Unit.LF) {
            at += 2
            if ((cr = current.indexOf('\r', at)) < 0) cr = length
          } else {
            continue
          }
        }

        // A blank line. All is forgotten before the callbacks, so that they may throw.
        const whole = hasBlock ? endBlock(value) : value
        const newType = blockType || 'message'
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
      if (epoch === run) rest = detach(current.slice(position) + (next > 0 ? text.slice(next) : ''), chunkLength)
      throw error
    }
  }

  function takeBytes(bytes: Uint8Array, isOurs: boolean): void {
    const run = epoch
    let start = 0
    try {
      while (start < bytes.length && epoch === run) {
        let piece = bytes
        if (bytes.length > WINDOW) {
          piece = bytes.subarray(start, start + WINDOW)
          // Cut behind a line feed where there is one: no code point and no line is split there.
          const lineFeed = start + WINDOW < bytes.length ? piece.lastIndexOf(Unit.LF) : -1
          if (lineFeed >= 0) piece = piece.subarray(0, lineFeed + 1)
        }
        start += piece.length
        take((decode ??= createByteDecoder())(piece))
      }
    } catch (error) {
      if (epoch === run && start < bytes.length) backlog.unshift(own(bytes.subarray(start), isOurs))
      throw error
    }
  }

  function takeInput(input: Input, isOurs: boolean): void {
    if (typeof input === 'string') take(decode ? decode() + input : input)
    else if (input) takeBytes(input, isOurs)
    else startStream()
  }

  /** Takes what a callback has left over, in its order, when it threw or fed. */
  function catchUp(): void {
    for (;;) {
      const event = due
      const text = rest
      if (event) {
        due = undefined
        onEvent?.(event)
      } else if (text) {
        rest = ''
        take(text)
      } else if (backlog.length > 0) {
        takeInput(backlog.shift(), true)
      } else {
        return
      }
    }
  }

  function run(input: Input): void {
    const before = phase
    // Called by a callback, its turn comes after the chunk in work.
    if (before !== Phase.Idle) backlog.push(own(input, false))
    if (before === Phase.Feeding) return
    phase = Phase.Feeding
    try {
      if (before === Phase.Idle) takeInput(input, false)
      if (backlog.length > 0) catchUp()
      phase = Phase.Idle
    } catch (error) {
      if ((phase as Phase) === Phase.Failed) forget()
      else phase = Phase.Late
      throw error
    }
  }

  return {
    feed(chunk) {
      if (typeof chunk !== 'string' && !isBytes(chunk)) throw new TypeError('feed takes a string or a Uint8Array')
      if (phase === Phase.Failed) throw new LimitError(maxEventSize)
      run(chunk)
    },
    end() {
      if (phase !== Phase.Failed) run(undefined)
    },
    reset(to) {
      forget()
      lastEventId = to?.lastEventId ?? ''
      epoch++
      if (phase !== Phase.Feeding) phase = Phase.Idle
    },
    get lastEventId() {
      return lastEventId
    },
  }
}

/** Where the value starts of a line that ends at `end`; 0 if its name goes on at `at`. */
function fieldValue(text: string, at: number, end: number): number {
  if (text.charCodeAt(at) === Unit.Colon) return text.charCodeAt(at + 1) === Unit.Space ? at + 2 : at + 1
  return at === end ? at : 0
}

/** The sender of a chunk may use its memory again once `feed` has returned. */
function own(input: Input, isOurs: boolean): Input {
  return isOurs || typeof input !== 'object' ? input : input.slice()
}

// By its tag where `instanceof` fails: a Uint8Array of another realm (test runners, iframes).
function isBytes(chunk: unknown): chunk is Uint8Array {
  return chunk instanceof Uint8Array || Object.prototype.toString.call(chunk) === '[object Uint8Array]'
}
