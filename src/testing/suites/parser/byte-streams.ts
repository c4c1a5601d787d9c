import { SECTION } from '../sections.js'
import type { StreamGroup } from './stream-case.js'

const BOM = [0xef, 0xbb, 0xbf]

export const ENCODING: StreamGroup = [
  SECTION.parsing,
  [
    {
      name: 'a leading byte order mark is dropped',
      rule: 'Streams are decoded with the UTF-8 decode algorithm, which strips one leading byte order mark.',
      chunks: [BOM, 'data: a\n\n'],
      events: [['a']],
    },
    {
      name: 'a byte order mark split over chunks is dropped',
      rule: 'Streams are decoded with the UTF-8 decode algorithm, however they arrive.',
      chunks: [[0xef], [0xbb], [0xbf, 0x64], 'ata: a\n\n'],
      events: [['a']],
    },
    {
      name: 'a second byte order mark is text',
      rule: 'One leading byte order mark is stripped, no more.',
      chunks: [[...BOM, ...BOM], 'data: a\n\ndata: b\n\n'],
      events: [['b']],
    },
    {
      name: 'a second byte order mark is text, the first one split over chunks',
      rule: 'One leading byte order mark is stripped, no more, however they arrive.',
      chunks: [[0xef], [0xbb, 0xbf, ...BOM], 'data: a\n\ndata: b\n\n'],
      events: [['b']],
    },
    {
      name: 'a byte order mark further on is text',
      rule: 'A byte order mark is stripped at the start of the stream alone, neither at a line nor in a value.',
      chunks: ['data: a\n\n', BOM, 'data: b\n\ndata: ', BOM, 'c\n\n'],
      events: [['a'], ['\uFEFFc']],
    },
    {
      name: 'a code point may be split over chunks anywhere',
      rule: 'The stream is decoded as a whole: chunks mean nothing.',
      chunks: ['data: ', [0xc3], [0xa9], [0xe2], [0x82], [0xac], [0xf0], [0x9f], [0x98], [0x80], '\n\n'],
      events: [['é€😀']],
    },
    {
      name: 'ill-formed UTF-8 becomes U+FFFD',
      rule: 'The UTF-8 decoder replaces what is ill-formed: one U+FFFD for each maximal part, and the stream goes on.',
      chunks: ['data: a', [0xff], 'b', [0xc0, 0x80], 'c', [0xe2, 0x82], '\n\ndata: d\n\n'],
      events: [['a\uFFFDb\uFFFD\uFFFDc\uFFFD'], ['d']],
    },
  ],
]

export const LINE_ENDINGS: StreamGroup = [
  SECTION.parsing,
  [
    {
      name: 'LF ends a line',
      rule: 'end-of-line = ( cr lf / cr / lf )',
      chunks: ['data: a\ndata: b\n\n'],
      events: [['a\nb']],
    },
    {
      name: 'CR ends a line',
      rule: 'end-of-line = ( cr lf / cr / lf )',
      chunks: ['data: a\rdata: b\r\r'],
      events: [['a\nb']],
    },
    {
      name: 'CRLF ends a line, once',
      rule: 'end-of-line = ( cr lf / cr / lf ): a CRLF pair is one line ending.',
      chunks: ['data: a\r\ndata: b\r\n\r\n'],
      events: [['a\nb']],
    },
    {
      name: 'line endings may be mixed',
      rule: 'end-of-line = ( cr lf / cr / lf ), at each line.',
      chunks: ['data: a\rdata: b\r\ndata: c\n\rdata: d\r\r\ndata: e\n\n'],
      events: [['a\nb\nc'], ['d'], ['e']],
    },
    {
      name: 'a CR ends its line at once',
      rule: 'A line ends with its CR; the event does not wait for a byte that may come much later.',
      chunks: ['data: a\r\r'],
      events: [['a']],
      prompt: true,
    },
    {
      name: 'CRLF split over chunks ends a line, once',
      rule: 'An LF after a CR belongs to it, in the next chunk too.',
      chunks: ['data: a\r', '\ndata: b\r', '\n', '\r', '\n'],
      events: [['a\nb']],
    },
    {
      name: 'after CRLF split over chunks, the next LF is a line ending',
      rule: 'Only one LF belongs to a CR.',
      chunks: ['data: a\r', '\n', '\ndata: b\n\n'],
      events: [['a'], ['b']],
    },
    {
      name: 'an empty chunk between CR and LF changes nothing',
      rule: 'Chunks mean nothing, empty ones neither.',
      chunks: ['data: a\r', '', '\ndata: b\n\n'],
      events: [['a\nb']],
    },
    {
      name: 'other line separators are text',
      rule: 'Only CR and LF end lines: not VT, FF, U+0085, U+2028 or U+2029.',
      chunks: ['data: a\u000Bb\u000Cc\u0085d\u2028e\u2029f\n\n'],
      events: [['a\u000Bb\u000Cc\u0085d\u2028e\u2029f']],
    },
    {
      name: 'characters that hold the byte of LF or CR are text',
      rule: 'Lines end at the characters CR and LF, not at bytes or halves of code units.',
      chunks: ['data: \u0A0A\u0A0D\u0D0A\u0D0D\n\n'],
      events: [['\u0A0A\u0A0D\u0D0A\u0D0D']],
    },
  ],
]
