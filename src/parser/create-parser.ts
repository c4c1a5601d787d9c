import { LimitError } from '../errors/limit-error.js'
import { OptionError } from '../errors/option-error.js'
import { BOM, DEFAULT_MAX_EVENT_SIZE, LF } from '../wire/constants.js'
import { ByteDecoder } from './byte-decoder.js'
import { PartialLine } from './partial-line.js'
import { scan } from './scan.js'
import { overflow } from './state.js'
import type { ParserPhase, ParserState } from './state.js'
import { TextPile } from './text-pile.js'
import type { Parser, ParserOptions } from './types.js'

/**
 * Bytes decoded at a time. One character outside Latin-1 makes the whole decoded text take two bytes
 * each and slows the search for line ends; and an event that is kept holds the text alive that it is a slice of.
 */
const WINDOW = 16 * 1024

/** The end of a stream, where it waits its turn behind chunks. */
const END: unique symbol = Symbol('end')

type Input = string | Uint8Array | typeof END

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
  const state = newState(options)
  let decoder = new ByteDecoder()
  let atStart = true
  // What a callback that threw has left over: the rest of a text first, then whole inputs.
  let restText = ''
  let backlog: Input[] = []

  function startStream(): void {
    decoder = new ByteDecoder()
    atStart = true
    state.skipLf = false
    state.partial.clear()
    state.eventType = ''
    state.blockId = undefined
    state.data.take()
    state.size = 0
  }

  function forget(): void {
    startStream()
    restText = ''
    backlog = []
  }

  function takeChunk(text: string): void {
    state.chunkLength = text.length
    takeText(text)
  }

  function takeText(text: string): void {
    let start = 0
    if (atStart && text !== '') {
      atStart = false
      if (text.charCodeAt(0) === BOM) start = 1
    }
    if (state.skipLf && start < text.length) {
      state.skipLf = false
      if (text.charCodeAt(start) === LF) start++
    }
    if (start !== 0) text = text.slice(start)
    if (text === '') return

    if (!state.partial.isEmpty) {
      const lineEnd = firstLineEnd(text)
      if (lineEnd === -1) return addPartial(text, 0)
      // The line goes through the same scan as any other, as a piece of its own.
      const line = state.partial.take(text.slice(0, lineEnd + 1))
      if (scanThen(line, text.slice(lineEnd + 1))) takeText(text.slice(lineEnd + 1))
    } else if (scanThen(text, '') && state.position < text.length) {
      addPartial(text, state.position)
    }
  }

  /** Scans `text`; `after` follows it, should a callback throw. False: a callback has reset the parser. */
  function scanThen(text: string, after: string): boolean {
    const { epoch } = state
    try {
      scan(state, text)
    } catch (error) {
      if (state.epoch === epoch) restText = text.slice(state.position) + after
      throw error
    }
    return state.epoch === epoch
  }

  function addPartial(text: string, start: number): void {
    const { partial } = state
    partial.add(text, start, state.chunkLength)
    const separator = partial.isData && !state.data.isEmpty ? 1 : 0
    if (state.size + partial.valueLength + separator > state.maxEventSize) overflow(state)
  }

  function takeBytes(bytes: Uint8Array, isOurs: boolean): void {
    const { epoch } = state
    let start = 0
    try {
      while (start < bytes.length && state.epoch === epoch) {
        let piece = bytes
        if (bytes.length > WINDOW) {
          piece = bytes.subarray(start, start + WINDOW)
          // Cut behind a line feed where there is one: no code point and no line is split there.
          const lineFeed = start + WINDOW < bytes.length ? piece.lastIndexOf(LF) : -1
          if (lineFeed !== -1) piece = piece.subarray(0, lineFeed + 1)
        }
        start += piece.length
        takeChunk(decoder.decode(piece))
      }
    } catch (error) {
      if (state.epoch === epoch && start < bytes.length) backlog.unshift(own(bytes.subarray(start), isOurs))
      throw error
    }
  }

  function take(input: Input, isOurs: boolean): void {
    if (input === END) startStream()
    else if (typeof input === 'string') takeChunk(decoder.flush() + input)
    else takeBytes(input, isOurs)
  }

  function run(input: Input): void {
    // Called by a callback: its turn comes after the chunk in work.
    if (state.phase === 'feeding') return void backlog.push(own(input, false))
    state.phase = 'feeding'
    try {
      if (restText === '' && backlog.length === 0) take(input, false)
      else backlog.push(own(input, false))
      for (;;) {
        if (restText !== '') {
          const text = restText
          restText = ''
          takeText(text)
        } else if (backlog.length !== 0) {
          take(backlog.shift()!, true)
        } else {
          break
        }
      }
      state.phase = 'idle'
    } catch (error) {
      // A reset in the callback that threw has made a failed parser whole again.
      if ((state.phase as ParserPhase) === 'failed') forget()
      else state.phase = 'idle'
      throw error
    }
  }

  return {
    feed(chunk) {
      if (typeof chunk !== 'string' && !isBytes(chunk)) {
        throw new TypeError('feed takes a string or a Uint8Array. Wrap an ArrayBuffer as new Uint8Array(buffer).')
      }
      if (state.phase === 'failed') throw new LimitError(state.maxEventSize)
      run(chunk)
    },
    end() {
      if (state.phase !== 'failed') run(END)
    },
    reset(to) {
      forget()
      state.lastEventId = to?.lastEventId ?? ''
      state.epoch++
      if (state.phase === 'failed') state.phase = 'idle'
    },
    get lastEventId() {
      return state.lastEventId
    },
  }
}

function newState(options: ParserOptions): ParserState {
  const { onEvent, onComment, onRetry, onId, lastEventId = '', maxEventSize = DEFAULT_MAX_EVENT_SIZE } = options
  if (typeof maxEventSize !== 'number' || !(maxEventSize >= 0)) {
    throw new OptionError('maxEventSize', 'takes a number of UTF-16 code units, zero or more, or Infinity.')
  }
  if (typeof lastEventId !== 'string') throw new OptionError('lastEventId', 'takes a string.')
  return {
    callbacks: { onEvent, onComment, onRetry, onId },
    maxEventSize,
    phase: 'idle',
    epoch: 0,
    lastEventId,
    chunkLength: 0,
    position: 0,
    skipLf: false,
    partial: new PartialLine(onComment !== undefined),
    eventType: '',
    blockId: undefined,
    data: new TextPile('\n'),
    size: 0,
  }
}

function firstLineEnd(text: string): number {
  const lf = text.indexOf('\n')
  const cr = text.indexOf('\r')
  return cr !== -1 && (lf === -1 || cr < lf) ? cr : lf
}

/** The sender of a chunk may use its memory again once `feed` has returned. */
function own(input: Input, isOurs: boolean): Input {
  return isOurs || typeof input !== 'object' ? input : input.slice()
}

// By its tag where `instanceof` fails: a Uint8Array of another realm (test runners, iframes).
function isBytes(chunk: unknown): chunk is Uint8Array {
  return chunk instanceof Uint8Array || Object.prototype.toString.call(chunk) === '[object Uint8Array]'
}
