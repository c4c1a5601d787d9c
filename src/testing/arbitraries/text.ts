import fc from 'fast-check'

// The order is that of shrinking: a failing case ends with the plainest pieces that still fail.
const PLAIN = ['a', 'b', ' ', ':', '0', '7', '-', '=', '\t', 'data', 'message']
const SPECIAL = [
  '__proto__',
  'toString',
  // Code points of 2, 3 and 4 bytes.
  'é',
  '中',
  '😀',
  // Two-byte characters with the bytes of LF and CR in them.
  '\u0A0A',
  '\u0D0D',
  '\u0A0D',
  // Line ends elsewhere, text here.
  '\u000B',
  '\u000C',
  '\u0085',
  '\u2028',
  '\uFEFF',
  '\uFFFD',
  '\u{10FFFF}',
]
const LINE_ENDINGS = ['\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n', '\n\r']
const LONE_SURROGATES = ['\uD800', '\uDBFF', '\uDC00', '\uDFFF']
const INJECTIONS = ['\ndata: x\n\n', '\revent: x', '\n\nid: 1\n', 'data:', 'event: ', 'id', 'retry: 1\n', '\n: ']

const join = (pieces: string[]): string => pieces.join('')

/**
 * Text that code which reads or writes event streams tends to get wrong: every line ending, NUL, byte order
 * marks, lone surrogates, whole fields, code points of every length.
 *
 * Shrinks towards few and plain characters.
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { encodeComment } from 'eventwire/encoder'
 * import { parse } from 'eventwire/parser'
 * import { arbitraries } from 'eventwire/testing/arbitraries'
 *
 * fc.assert(fc.property(arbitraries.hostileText(), (text) => parse(encodeComment(text)).length === 0))
 * ```
 */
export function hostileText(): fc.Arbitrary<string> {
  return fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...PLAIN) },
        { weight: 2, arbitrary: fc.constantFrom(...SPECIAL) },
        { weight: 3, arbitrary: fc.constantFrom(...LINE_ENDINGS) },
        { weight: 1, arbitrary: fc.constantFrom('\0', ...LONE_SURROGATES) },
        { weight: 1, arbitrary: fc.constantFrom(...INJECTIONS) },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
      ),
      { maxLength: 12 },
    )
    .map(join)
}

/** Text of well-formed Unicode without a CR: what arrives as it was sent. */
export function carriedText(): fc.Arbitrary<string> {
  return fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...PLAIN) },
        { weight: 2, arbitrary: fc.constantFrom('\n', '\n\n', '\0', ...SPECIAL) },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
      ),
      { maxLength: 10 },
    )
    .map((pieces) => join(pieces).replaceAll('\r', ''))
}
