import fc from 'fast-check'
import { hostileText } from './text.js'

const BYTE_ORDER_MARK = '\uFEFF'

// Ill-formed UTF-8, by the table of maximal subparts (Unicode 3.9, D93b).
const ILL_FORMED: number[][] = [
  [0xff],
  [0x80],
  [0xc0, 0x80],
  [0xc3],
  [0xe0, 0x80, 0x80],
  [0xe2, 0x82],
  [0xed, 0xa0, 0x80],
  [0xf0, 0x9f, 0x98],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf5],
  // A byte order mark cut short.
  [0xef],
  [0xef, 0xbb],
]

/**
 * Event streams as bytes, made to trip a parser: mixed line endings, byte order marks at the start and
 * elsewhere, NUL, ill-formed UTF-8 (surrogates encoded on their own too), unknown fields, comments, blocks left
 * unfinished.
 *
 * Any bytes are a valid stream, so any parser must take them. A few hundred bytes at most. Shrinks towards few
 * and plain lines.
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { parse } from 'eventwire/parser'
 * import { referenceParse } from 'eventwire/testing'
 * import { arbitraries } from 'eventwire/testing/arbitraries'
 *
 * fc.assert(
 *   fc.property(arbitraries.stream(), (bytes) => {
 *     return JSON.stringify(parse(bytes)) === JSON.stringify(referenceParse(bytes))
 *   }),
 * )
 * ```
 */
export function stream(): fc.Arbitrary<Uint8Array> {
  return parts(fc.oneof({ weight: 6, arbitrary: text() }, { weight: 1, arbitrary: illFormed() })).map(toBytes)
}

/**
 * The same as `stream`, as text that has been decoded already: no ill-formed UTF-8, but lone surrogates.
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { parse } from 'eventwire/parser'
 * import { arbitraries } from 'eventwire/testing/arbitraries'
 *
 * fc.assert(fc.property(arbitraries.streamText(), (text) => parse(text + '\n\ndata: last\n\n').length > 0))
 * ```
 */
export function streamText(): fc.Arbitrary<string> {
  return parts(text()).map((texts) => texts.join(''))
}

type Part = string | number[]

function parts<P extends Part>(part: fc.Arbitrary<P>): fc.Arbitrary<(P | string)[]> {
  const start = fc.oneof(
    { weight: 6, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: fc.constantFrom(BYTE_ORDER_MARK, BYTE_ORDER_MARK + BYTE_ORDER_MARK) },
  )
  return fc.tuple(start, fc.array(part, { maxLength: 8 })).map(([first, rest]) => [first, ...rest])
}

/** Mostly whole blocks: what is left in a parser by one shows in the next. */
function text(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: lineEnding() },
    { weight: 4, arbitrary: field() },
    { weight: 6, arbitrary: block() },
    { weight: 1, arbitrary: hostileText() },
  )
}

function block(): fc.Arbitrary<string> {
  return fc.tuple(fc.array(field(), { maxLength: 4 }), lineEnding()).map(([fields, blank]) => fields.join('') + blank)
}

function field(): fc.Arbitrary<string> {
  const name = fc.oneof(
    { weight: 6, arbitrary: fc.constant('data') },
    { weight: 6, arbitrary: fc.constantFrom('event', 'id') },
    { weight: 3, arbitrary: fc.constantFrom('retry', '') },
    { weight: 2, arbitrary: fc.constantFrom('Data', 'ID', ' data', 'data ', 'dat', 'datas', 'events', 'i', 'retry\0') },
  )
  const separator = fc.constantFrom(':', ': ', ':  ', ':\t', '')
  const value = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom('', 'a', 'b', '0', '1500', ':', 'a: b', '__proto__'),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom('', '01', '1e3', '-1', '+1', '٣', '1 ', 'a\0b'),
    },
    { weight: 1, arbitrary: hostileText() },
  )
  return fc.tuple(name, separator, value, lineEnding()).map((pieces) => pieces.join(''))
}

// The empty one leaves a line open, for the next part to go on with or for the stream to end in.
function lineEnding(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('\n', '\r', '\r\n') },
    { weight: 1, arbitrary: fc.constantFrom('\n\n', '\r\r', '\r\n\r\n', '\n\r', '') },
  )
}

function illFormed(): fc.Arbitrary<number[]> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...ILL_FORMED) },
    { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 0xff }), { maxLength: 4 }) },
  )
}

function toBytes(all: Part[]): Uint8Array {
  return Uint8Array.from(all.flatMap((part) => (typeof part === 'string' ? [...part].flatMap(utf8Of) : part)))
}

/** Unlike `TextEncoder`, writes a lone surrogate as the three bytes its number would take: ill-formed, and met in the wild. */
function utf8Of(character: string): number[] {
  const codePoint = character.codePointAt(0) ?? 0
  const tail = (shift: number): number => 0x80 | ((codePoint >> shift) & 0x3f)
  if (codePoint < 0x80) return [codePoint]
  if (codePoint < 0x800) return [0xc0 | (codePoint >> 6), tail(0)]
  if (codePoint < 0x10000) return [0xe0 | (codePoint >> 12), tail(6), tail(0)]
  return [0xf0 | (codePoint >> 18), tail(12), tail(6), tail(0)]
}
