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

/** Code units after which a line's name and the start of its value are known: those of `"event: "`. */
const PREFIX = 7

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
    if (lineHead.length < PREFIX) {
      lineHead += text.slice(0, PREFIX)
      const colon = lineHead.indexOf(':')
      const name = lineHead.slice(0, colon < 0 ? PREFIX : colon)
      if (colon ? FIELDS.some((field) => (colon < 0 ? field.startsWith(name) : field === name)) : onComment) {
        lineValue = colon + (lineHead[colon + 1] === ' ' && colon > 0 ? 2 : 1)
      } else {
        lineValue = -1
        line.take()
      }
    }
    const separator = hasData && lineHead.startsWith('data') ? 1 : 0
    if (lineValue > 0 && size + lineLength - lineValue + separator > maxEventSize) overflow()
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

  /**
   * Interprets `text` line by line (WHATWG HTML 9.2.6), from `start`, where a line starts. `nextLf` and `nextCr` are
   * where the first of each is found from there, or the length.
   *
   * What the loop needs lives in local variables, which engines keep in registers; those of the parser
   * would be read and written again for every line.
   *
   * @returns whether to go on: a callback may have reset the parser
   */
  function scan(text: string, start: number, nextLf: number, nextCr: number): boolean {
    const { length } = text
    const run = epoch
    // Told to be integers, they are kept as such; what comes from outside might be anything.
    let at = start | 0
    let lf = nextLf | 0
    let cr = nextCr | 0
    let blockType = type
    let blockId = id
    let earlierSize = size
    let used = 0
    let value: string | undefined
    let lines = 0

    position = start
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
        if (from !== position) save(blockType, blockId, earlierSize + used, value, lines)
        if (lastEventId) lastEventId = detach(lastEventId, chunkLength)
        if (from < length) keep(text.slice(from))
        return true
      }

      if (end !== from) {
        const unit = text.charCodeAt(from)
        let start = 0
        if (
          unit === Unit.D &&
          text.charCodeAt(from + 1) === Unit.A &&
          text.charCodeAt(from + 2) === Unit.T &&
          text.charCodeAt(from + 3) === Unit.A &&
          (text.charCodeAt(from + 4) === Unit.Colon || from + 4 === end)
        ) {
          // As in fieldValue, which is not always inlined.
          start = from + 5
          if (start > end) start = end
          else if (text.charCodeAt(start) === Unit.Space) start++
          used += end - start
          if (lines > 0 || hasData) used++
          if (earlierSize + used > maxEventSize) overflow()
          const piece = text.slice(start, end)
          // Engines tie the pieces together and copy them once, when somebody looks.
          value = lines++ > 0 ? value + '\n' + piece : piece
        } else if (
          unit === Unit.E &&
          text.charCodeAt(from + 1) === Unit.V &&
          text.charCodeAt(from + 2) === Unit.E &&
          text.charCodeAt(from + 3) === Unit.N &&
          text.charCodeAt(from + 4) === Unit.T &&
          (start = fieldValue(text, from + 5, end))
        ) {
          if (earlierSize + (used += end - start) > maxEventSize) overflow()
          blockType = text.slice(start, end)
        } else if (
          unit === Unit.I &&
          text.charCodeAt(from + 1) === Unit.D &&
          (start = fieldValue(text, from + 2, end))
        ) {
          if (earlierSize + (used += end - start) > maxEventSize) overflow()
          const given = text.slice(start, end)
          if (given.indexOf('\0') < 0) blockId = given
        } else if (
          unit === Unit.Colon
            ? onComment
            : unit === Unit.R && text.startsWith('etry', from + 1) && (start = fieldValue(text, from + 5, end))
        ) {
          start ||= from + 1
          if (earlierSize + used + end - start > maxEventSize) overflow()
          if (unit === Unit.R) used += end - start
          save(blockType, blockId, earlierSize + used, value, lines)
          value = undefined
          lines = 0
          position = at
          tell(unit, text.slice(start, end))
          if (epoch !== run) return false
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
          if (epoch !== run) return false
          due = undefined
        }
      }
      // A literal right here costs nothing where the engine inlines the callback.
      if (whole !== undefined && onEvent) {
        onEvent({ event: newType, data: whole, id: lastEventId })
        if (epoch !== run) return false
      }
    }
  }

  function tell(unit: number, value: string): void {
    const ms = unit === Unit.R ? parseReconnectionTime(value) : undefined
    if (ms !== undefined) onRetry?.(ms)
    else if (unit !== Unit.R) onComment!(value)
  }

  /** Takes the next text of the stream. */
  function take(text: string): void {
    const { length } = text
    const run = epoch
    let current = text
    let start = 0
    let end = 0
    chunkLength = length
    try {
      if (length > 0 && (isAtStart || skipLf)) {
        if (text.charCodeAt(0) === (isAtStart ? Unit.Bom : Unit.LF)) start = 1
        isAtStart = skipLf = false
      }
      if (lineHead) {
        end = lineEnd(text, start)
        if (end === length) return keep(text.slice(start))
        // The line goes through the same scan as any other, as a text of its own.
        if (lineValue < 0) line.push(lineHead)
        line.push(text.slice(lineValue < 0 ? end : start, ++end))
        current = clearLine()
        const last = current.length - 1
        const isCr = current.charCodeAt(last) === Unit.CR
        if (!scan(current, 0, isCr ? last + 1 : last, isCr ? last : last + 1)) return
        current = text
        start = end
        if (skipLf && start < length) {
          skipLf = false
          if (text.charCodeAt(start) === Unit.LF) start++
        }
      }
      if (start === length) return

      let lf = text.indexOf('\n', start)
      let cr = text.indexOf('\r', start)
      if (lf < 0) lf = length
      if (cr < 0) cr = length
      // What most events are, one line of data and a blank one, in one step.
      while (
        lf < cr &&
        lf + 1 < length &&
        text.charCodeAt(lf + 1) === Unit.LF &&
        text.charCodeAt(start) === Unit.D &&
        text.charCodeAt(start + 1) === Unit.A &&
        text.charCodeAt(start + 2) === Unit.T &&
        text.charCodeAt(start + 3) === Unit.A &&
        text.charCodeAt(start + 4) === Unit.Colon &&
        !hasBlock &&
        lf - start <= maxEventSize
      ) {
        const data = text.slice(text.charCodeAt(start + 5) === Unit.Space ? start + 6 : start + 5, lf)
        position = start = lf + 2
        if (onEvent) {
          onEvent({ event: 'message', data, id: lastEventId })
          if (epoch !== run) return
        }
        if (start === length) return
        if ((lf = text.indexOf('\n', start)) < 0) lf = length
      }
      scan(text, start, lf, cr)
    } catch (error) {
      if (epoch === run) rest = detach(current.slice(position) + (current === text ? '' : text.slice(end)), length)
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

function lineEnd(text: string, start: number): number {
  const lf = text.indexOf('\n', start)
  const cr = text.indexOf('\r', start)
  return cr < 0 || (lf >= 0 && lf < cr) ? (lf < 0 ? text.length : lf) : cr
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
