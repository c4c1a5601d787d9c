import { LimitError } from '../errors/limit-error.js'
import { check } from '../options/check-options.js'
import { DEFAULT_MAX_EVENT_SIZE, LF } from '../wire/constants.js'
import { ByteDecoder } from './byte-decoder.js'
import { Interpreter } from './interpreter.js'
import type { EndOptions, Parser, ParserOptions } from './types.js'

/**
 * Bytes decoded at a time. One character outside Latin-1 makes the whole decoded text take two bytes
 * each and slows the search for line ends; and an event that is kept holds the text alive that it is a slice of.
 */
const WINDOW = 32 * 1024

const enum Phase {
  Idle,
  /** A callback may be at work. */
  Feeding,
  /** A callback threw: what is left comes first. */
  Late,
  /** An event was too large: nothing is taken until a reset. */
  Failed,
}

/** The end of a stream waits its turn behind chunks. */
const enum End {
  /** What is unfinished is dropped. */
  Drop,
  /** What is unfinished counts as ended. */
  Deliver,
}

type Input = string | Uint8Array | End

const CALLBACKS = ['onEvent', 'onComment', 'onRetry', 'onId', 'onIgnored'] as const

/** @throws {OptionError} where there is an object to be, and is none. */
export function checkIsObject(options: unknown): void {
  check(
    'options',
    options === undefined || (options && typeof options === 'object' && !Array.isArray(options)),
    'must be an object',
  )
}

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
  checkIsObject(options)
  const { lastEventId = '', maxEventSize = DEFAULT_MAX_EVENT_SIZE } = options
  check('maxEventSize', typeof maxEventSize === 'number' && maxEventSize >= 0, 'must be a number >= 0')
  check('lastEventId', typeof lastEventId === 'string', 'must be a string')
  for (const name of CALLBACKS) {
    check(name, /^(undefined|function)$/.test(typeof options[name]), 'must be a function')
  }

  let phase = Phase.Idle
  const decoder = new ByteDecoder()
  /** What is still to be taken: the rest of a chunk of bytes, and what callbacks have fed. */
  let backlog: Input[] = []

  function overflow(): LimitError {
    phase = Phase.Failed
    return new LimitError(maxEventSize)
  }

  function forget(): void {
    decoder.end()
    backlog = []
    interpreter.forget()
  }

  function takeInput(input: Input): void {
    if (typeof input === 'string') {
      interpreter.take(decoder.end() + input)
    } else if (typeof input === 'object') {
      let piece = input
      if (piece.length > WINDOW) {
        // Cut behind a line feed where there is one: no code point and no line is split there.
        const cut = piece.lastIndexOf(LF, WINDOW - 1) + 1 || WINDOW
        backlog.unshift(piece.subarray(cut))
        piece = piece.subarray(0, cut)
      }
      interpreter.take(decoder.decode(piece))
    } else if (input === End.Deliver) {
      // The stream ends after that, also where a callback throws in between.
      backlog.unshift(End.Drop)
      // Ends the line, if there is one, and the block. A blank line more dispatches nothing.
      interpreter.take(decoder.end() + '\n\n')
    } else {
      decoder.end()
      interpreter.start()
    }
  }

  function run(input: Input): void {
    const before = phase
    // Called by a callback, its turn comes after the chunk in work.
    if (before !== Phase.Idle) backlog.push(own(input))
    if (before === Phase.Feeding) return
    phase = Phase.Feeding
    try {
      if (before === Phase.Idle) takeInput(input)
      else interpreter.resume()
      while (backlog.length > 0) takeInput(backlog.shift()!)
      phase = Phase.Idle
    } catch (error) {
      fail(error)
    }
  }

  function fail(error: unknown): never {
    if (phase === Phase.Failed) forget()
    else phase = Phase.Late
    backlog = backlog.map(own)
    throw error
  }

  const parser = {
    // No getter: engines make a dictionary of a literal that has one, and look each `parser.feed` up by its hash.
    lastEventId,
    feed(chunk: string | Uint8Array) {
      if (typeof chunk !== 'string' && !isBytes(chunk)) throw new TypeError('feed takes a string or a Uint8Array')
      if (phase === Phase.Failed) throw overflow()
      if (phase !== Phase.Idle || typeof chunk !== 'string') return run(chunk)
      // As in `run`, without its questions: they cost as much as a short text itself.
      phase = Phase.Feeding
      try {
        interpreter.take(decoder.end() + chunk)
        while (backlog.length > 0) takeInput(backlog.shift()!)
        phase = Phase.Idle
      } catch (error) {
        fail(error)
      }
    },
    end(how?: EndOptions) {
      checkIsObject(how)
      const { unfinished = 'drop' } = how ?? {}
      const isDelivered = unfinished === 'deliver'
      check('unfinished', isDelivered || unfinished === 'drop', 'must be one of drop, deliver')
      if (phase !== Phase.Failed) run(isDelivered ? End.Deliver : End.Drop)
    },
    reset(to?: { lastEventId?: string | undefined }) {
      checkIsObject(to)
      const { lastEventId: next = '' } = to ?? {}
      check('lastEventId', typeof next === 'string', 'must be a string')
      forget()
      parser.lastEventId = next
      if (phase !== Phase.Feeding) phase = Phase.Idle
    },
  }
  const interpreter = new Interpreter(options, parser, maxEventSize, overflow)
  return parser
}

/** The sender of a chunk may use its memory again once `feed` has returned. */
function own(input: Input): Input {
  return typeof input === 'object' ? input.slice() : input
}

// Of another realm (test runners, iframes) by its tag, which is slow to read on Bun.
function isBytes(chunk: unknown): chunk is Uint8Array {
  return chunk instanceof Uint8Array || (chunk as Uint8Array | undefined)?.[Symbol.toStringTag] === 'Uint8Array'
}
