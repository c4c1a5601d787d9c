import type { ServerSentEvent } from '../../../wire/types.js'
import { check, checkOptions } from '../../../options/check-options.js'
import { oneOf } from '../../../options/rules.js'
import { SECTION } from '../sections.js'
import { ConformanceError, abilitiesOf, createSuite, expectSame, shortened, type CaseOf, type Suite } from '../suite.js'
import type { StreamCase } from './stream-case.js'
import { STREAMS } from './streams.js'

/** What the suite listens with. All functions may be called during `feed` and `end`, or later. */
export interface ParserListener {
  /** Hand over every event dispatched: its type, data and the last event ID. */
  onEvent(event: ServerSentEvent): void
  /** Hand over every reconnection time, in milliseconds. */
  onRetry(ms: number): void
}

/** One stream being parsed. The promises of an asynchronous parser are awaited, one at a time. */
export interface ParserUnderTest {
  /** Takes the next chunk. */
  feed(chunk: Uint8Array): unknown
  /** The end of the stream. Once this is over, no event may come any more. */
  end(): unknown
}

/** Makes a parser for one stream. `createParser` of `eventwire/parser` is such a function. */
export type ParserAdapter = (listener: ParserListener) => ParserUnderTest

/** The same for a parser of text. */
export type TextParserAdapter = (listener: ParserListener) => { feed(chunk: string): unknown; end(): unknown }

/** Options of `parserSuite`. */
export interface ParserSuiteOptions {
  /** `"text"` feeds strings, and leaves out what only bytes can show. Default `"bytes"`. */
  input?: 'bytes' | 'text'
  /** What the parser does not report. Cases that need it are skipped. */
  without?: readonly 'retry'[]
}

const ABILITIES = {
  bytes: 'the parser takes text',
  retry: 'the parser does not report reconnection times',
}

/** Milliseconds an asynchronous parser gets to deliver what is due before the stream goes on. */
const PROMPT = 500

interface Context {
  create: ParserAdapter | TextParserAdapter
  input: 'bytes' | 'text'
}

/**
 * The rules for reading an event stream (WHATWG HTML 9.2.5 and 9.2.6), for any parser.
 *
 * @throws {OptionError} for an option that does not exist.
 *
 * @example
 * ```ts
 * import { createParser } from 'eventwire/parser'
 * import { parserSuite } from 'eventwire/testing'
 *
 * for await (const { status, name, message } of parserSuite(createParser)) {
 *   if (status === 'fail') console.error(name, message)
 * }
 * ```
 */
export function parserSuite(adapter: ParserAdapter, options?: ParserSuiteOptions & { input?: 'bytes' }): Suite
export function parserSuite(adapter: TextParserAdapter, options: ParserSuiteOptions & { input: 'text' }): Suite
export function parserSuite(adapter: ParserAdapter | TextParserAdapter, options: ParserSuiteOptions = {}): Suite {
  check('adapter', typeof adapter === 'function', 'must be a function that makes a parser')
  checkOptions(options, { input: oneOf('bytes', 'text'), without: abilitiesOf(ABILITIES) })
  const { input = 'bytes', without = [] } = options
  const lacking = input === 'text' ? ['bytes', ...without] : without
  return createSuite({
    name: 'parser',
    cases: CASES,
    context: { create: adapter, input },
    without: lacking,
    abilities: ABILITIES,
  })
}

type Chunk = string | Uint8Array

/** A chunk about as large as those of a socket. */
const LARGE = 'x'.repeat(60_000)
const LONG_LINE: StreamCase = {
  name: 'a line may be long',
  rule: 'any-char is repeated as often as it comes: no line is too long, over however many chunks.',
  section: SECTION.parsing,
  chunks: ['data: ', LARGE, LARGE, LARGE, LARGE, '\n\ndata: a\n\n'],
  events: [[LARGE.repeat(4)], ['a']],
}

const CASES: readonly CaseOf<Context>[] = [
  ...[...STREAMS, LONG_LINE].map((stream): CaseOf<Context> => ({
    name: stream.name,
    rule: stream.rule,
    section: stream.section,
    needs: needsOf(stream),
    run: (context) => tryOn(context, stream, chunksOf(context, stream)),
  })),
  {
    name: 'every stream means the same, one piece at a time',
    rule: 'Chunks mean nothing: neither bytes nor characters belong together.',
    section: SECTION.parsing,
    run: (context) =>
      everyStream(context, (whole) => [Array.from({ length: whole.length }, (_, at) => whole.slice(at, at + 1))]),
  },
  {
    name: 'every stream means the same, cut in two at any place',
    rule: 'Chunks mean nothing.',
    section: SECTION.parsing,
    run: (context) =>
      everyStream(context, (whole) =>
        Array.from({ length: whole.length }, (_, at) => [whole.slice(0, at), whole.slice(at)]),
      ),
  },
]

function needsOf({ chunks, retries }: StreamCase): string[] {
  const bytes = chunks.some((chunk) => typeof chunk !== 'string')
  return [...(bytes ? ['bytes'] : []), ...(retries ? ['retry'] : [])]
}

function chunksOf({ input }: Context, { chunks }: StreamCase): Chunk[] {
  return input === 'text' ? (chunks as string[]) : chunks.map(toBytes)
}

/** Compares each stream in pieces with itself in one piece, right or wrong: what is wrong has cases of its own. */
async function everyStream(context: Context, cuts: (whole: Chunk) => Chunk[][]): Promise<void> {
  for (const stream of STREAMS) {
    if (needsOf(stream).includes('bytes') && context.input === 'text') continue
    const whole = join(chunksOf(context, stream))
    const { events } = await read(context, [whole])
    for (const chunks of cuts(whole)) {
      const got = await read(context, chunks)
      expectSame(`${shown(chunks)}: [data, event, id] of the events, as in one piece`, got.events, events)
    }
  }
}

async function tryOn(context: Context, stream: StreamCase, chunks: readonly Chunk[]): Promise<void> {
  const expected = stream.events.map(([data, event = 'message', id = '']) => [data, event, id])
  const beforeEnd = async (events: unknown[]): Promise<void> => {
    if (!stream.prompt) return
    await until(() => events.length >= expected.length)
    expectSame(`${shown(chunks)}: [data, event, id] of the events before the stream goes on`, events, expected)
  }
  const { events, retries } = await read(context, chunks, beforeEnd)
  expectSame(`${shown(chunks)}: [data, event, id] of the events`, events, expected)
  if (stream.retries) expectSame(`${shown(chunks)}: reconnection times`, retries, stream.retries)
}

async function read(
  { create }: Context,
  chunks: readonly Chunk[],
  beforeEnd?: (events: unknown[]) => Promise<void>,
): Promise<{ events: [data: string, event: string, id: string][]; retries: number[] }> {
  const events: [string, string, string][] = []
  const retries: number[] = []
  const parser = create({
    onEvent: ({ data, event, id }) => void events.push([data, event, id]),
    onRetry: (ms) => void retries.push(ms),
  })
  try {
    for (const chunk of chunks) await settled(parser.feed(chunk as never))
    await beforeEnd?.(events)
    await settled(parser.end())
  } catch (error) {
    if (error instanceof ConformanceError) throw error
    throw new ConformanceError(`${shown(chunks)}: expected no error, got ${String(error)}`, { cause: error })
  }
  return { events, retries }
}

function shown(chunks: readonly Chunk[]): string {
  const text = chunks.map((chunk) => (typeof chunk === 'string' ? chunk : decoder.decode(chunk)))
  return `chunks ${shortened(JSON.stringify(text))}`
}

/** Waits only where there is something to wait for: thousands of streams are parsed. */
const settled = (result: unknown): unknown =>
  typeof (result as PromiseLike<unknown> | null)?.then === 'function' ? result : undefined

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + PROMPT
  while (!holds() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 1))
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const toBytes = (chunk: string | readonly number[]): Uint8Array =>
  typeof chunk === 'string' ? encoder.encode(chunk) : Uint8Array.from(chunk)

function join(chunks: readonly Chunk[]): Chunk {
  if (typeof chunks[0] === 'string') return chunks.join('')
  return Uint8Array.from((chunks as Uint8Array[]).flatMap((chunk) => [...chunk]))
}
