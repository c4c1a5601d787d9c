import { SECTION } from './sections.js'

/** A stream, how it is cut into chunks, and what a reader makes of it. */
export interface StreamCase {
  readonly name: string
  readonly rule: string
  readonly section: string
  /** Text is sent as UTF-8, numbers are bytes. */
  readonly chunks: readonly (string | readonly number[])[]
  /** `[data]`, `[data, event]` or `[data, event, id]`; the type is `"message"` and the id `""` where missing. */
  readonly events: readonly (readonly [data: string, event?: string, id?: string])[]
  readonly retries?: readonly number[]
  /** All events must be there before the stream goes on or ends. */
  readonly prompt?: true
  /** The stream ends inside a block. */
  readonly unfinished?: true
}

type Group = [section: string, cases: Omit<StreamCase, 'section'>[]]

const BOM = [0xef, 0xbb, 0xbf]

const ENCODING: Group = [
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

const LINE_ENDINGS: Group = [
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
      rule: 'end-of-line = ( cr lf / cr / lf ), at every line anew.',
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

const FIELDS: Group = [
  SECTION.interpretation,
  [
    {
      name: 'one space after the colon is dropped, no more',
      rule: 'If value starts with a U+0020 SPACE character, remove it from value.',
      chunks: ['data:a\n\ndata: b\n\ndata:  c\n\ndata: \n\n'],
      events: [['a'], ['b'], [' c'], ['']],
    },
    {
      name: 'no other white space is dropped',
      rule: 'Only one leading space is removed: no tab, and nothing at the end.',
      chunks: ['data:\ta \t\n\ndata:\u00A0b\n\n'],
      events: [['\ta \t'], ['\u00A0b']],
    },
    {
      name: 'a value keeps its colons',
      rule: 'The first colon ends the field name.',
      chunks: ['data: a: b:c\n\ndata::\n\n'],
      events: [['a: b:c'], [':']],
    },
    {
      name: 'a line without a colon is a field with an empty value',
      rule: 'Otherwise: process the field using the whole line as the field name, and the empty string as the field value.',
      chunks: ['data\n\ndata\ndata\n\n'],
      events: [[''], ['\n']],
    },
    {
      name: 'field names are case-sensitive',
      rule: 'Field names must be compared literally, with no case folding performed.',
      chunks: ['Data: a\nDATA: b\n\ndata: c\nID: 1\nEvent: x\n\n'],
      events: [['c']],
    },
    {
      name: 'field names are not trimmed',
      rule: 'Field names must be compared literally.',
      chunks: [' data: a\ndata : b\ndatas: c\ndat: d\n\ndata: e\n\n'],
      events: [['e']],
    },
    {
      name: 'unknown fields are ignored',
      rule: 'Otherwise: the field is ignored.',
      chunks: ['foo: x\n{"a":1}\n__proto__: y\ndata: a\nfoo\n\n'],
      events: [['a']],
    },
    {
      name: 'comments are ignored',
      rule: 'If the line starts with a colon: ignore the line.',
      chunks: [': hi\n\n:\n\n:data: x\n\ndata: a\n: between\n:data: y\ndata: b\n\n'],
      events: [['a\nb']],
    },
  ],
]

const DATA: Group = [
  SECTION.interpretation,
  [
    {
      name: 'data lines are joined with LF',
      rule: 'Append the field value to the data buffer, then append a single LF.',
      chunks: ['data: a\ndata: b\ndata: c\n\n'],
      events: [['a\nb\nc']],
    },
    {
      name: 'one LF is dropped at the end of the data, no more',
      rule: "If the data buffer's last character is an LF, remove the last character.",
      chunks: ['data: a\ndata:\ndata\n\n'],
      events: [['a\n\n']],
    },
    {
      name: 'leading empty data lines stay',
      rule: 'Every data line appends its value and an LF, empty ones too.',
      chunks: ['data:\ndata: a\n\n'],
      events: [['\na']],
    },
    {
      name: 'an empty data field dispatches an event with empty data',
      rule: 'Only a block whose data buffer is empty dispatches nothing; a data line leaves an LF in it.',
      chunks: ['data:\n\ndata\n\ndata: \n\n'],
      events: [[''], [''], ['']],
    },
    {
      name: 'a block without data dispatches nothing',
      rule: 'If the data buffer is an empty string, set the event type buffer to the empty string and return.',
      chunks: ['event: x\n\nid: 1\n\nretry: 5\n\nfoo\n\n\n\n'],
      events: [],
    },
    {
      name: 'data does not leak into the next block',
      rule: 'Set the data buffer to the empty string once the event is made.',
      chunks: ['data: a\n\nevent: x\n\ndata: b\n\n'],
      events: [['a'], ['b']],
    },
    {
      name: 'data keeps every other character',
      rule: 'any-char is any scalar value but CR, LF and colon; NUL is one.',
      chunks: ['data: a\0b\u0001\u007F\uFFFE\n\n'],
      events: [['a\0b\u0001\u007F\uFFFE']],
    },
  ],
]

const EVENT_TYPE: Group = [
  SECTION.interpretation,
  [
    {
      name: 'the event field sets the type',
      rule: 'If the event type buffer has a value other than the empty string, the type is that value.',
      chunks: ['event: add\ndata: a\n\ndata: b\nevent: remove\n\n'],
      events: [
        ['a', 'add'],
        ['b', 'remove'],
      ],
    },
    {
      name: 'the type does not leak into the next block',
      rule: 'Set the event type buffer to the empty string once the event is made.',
      chunks: ['event: x\ndata: a\n\ndata: b\n\n'],
      events: [['a', 'x'], ['b']],
    },
    {
      name: 'the type of a block without data does not leak',
      rule: 'If the data buffer is empty, set the event type buffer to the empty string as well.',
      chunks: ['event: x\n\ndata: a\n\n'],
      events: [['a']],
    },
    {
      name: 'an empty event field resets the type',
      rule: 'Set the event type buffer to the field value; where that is empty the type is "message".',
      chunks: ['event: x\nevent:\ndata: a\n\nevent: x\nevent\ndata: b\n\n'],
      events: [['a'], ['b']],
    },
    {
      name: 'the last event field of a block counts',
      rule: 'Set the event type buffer to the field value.',
      chunks: ['event: x\nevent: y\ndata: a\n\n'],
      events: [['a', 'y']],
    },
    {
      name: 'a type may be any text',
      rule: 'The event type is the value as it stands.',
      chunks: ['event: __proto__\ndata: a\n\nevent: toString\ndata: b\n\nevent:  é \ndata: c\n\n'],
      events: [
        ['a', '__proto__'],
        ['b', 'toString'],
        ['c', ' é '],
      ],
    },
  ],
]

const ID: Group = [
  SECTION.interpretation,
  [
    {
      name: 'the id field sets the last event ID',
      rule: 'Set the last event ID string of the event source to the last event ID buffer, at the blank line.',
      chunks: ['id: 1\ndata: a\n\ndata: b\nid: 2\n\nid: 3\nid: 4\ndata: c\n\n'],
      events: [
        ['a', 'message', '1'],
        ['b', 'message', '2'],
        ['c', 'message', '4'],
      ],
    },
    {
      name: 'the last event ID persists',
      rule: 'The last event ID buffer is not reset between blocks.',
      chunks: ['id: 1\ndata: a\n\ndata: b\n\n'],
      events: [
        ['a', 'message', '1'],
        ['b', 'message', '1'],
      ],
    },
    {
      name: 'an empty id field resets the last event ID',
      rule: 'Set the last event ID buffer to the field value, empty or not.',
      chunks: ['id: 1\ndata: a\n\nid:\ndata: b\n\nid: 2\ndata: c\n\nid\ndata: d\n\n'],
      events: [
        ['a', 'message', '1'],
        ['b', 'message', ''],
        ['c', 'message', '2'],
        ['d', 'message', ''],
      ],
    },
    {
      name: 'an id without data takes effect',
      rule: 'The last event ID string is set before the data buffer is looked at.',
      chunks: ['id: 7\n\ndata: a\n\nid\n\ndata: b\n\n'],
      events: [
        ['a', 'message', '7'],
        ['b', 'message', ''],
      ],
    },
    {
      name: 'an id that holds NUL is ignored',
      rule: 'If the field value does not contain U+0000 NULL, set the last event ID buffer. Otherwise, ignore the field.',
      chunks: ['id: 1\ndata: a\n\nid: 2\0\ndata: b\n\nid: \0\ndata: c\n\n'],
      events: [
        ['a', 'message', '1'],
        ['b', 'message', '1'],
        ['c', 'message', '1'],
      ],
    },
    {
      name: 'an id is text',
      rule: 'The last event ID is a string: nothing is counted, trimmed or parsed.',
      chunks: ['id: 007\ndata: a\n\nid: 0\ndata: b\n\nid:  1e3 \ndata: c\n\nid: ü€😀\ndata: d\n\n'],
      events: [
        ['a', 'message', '007'],
        ['b', 'message', '0'],
        ['c', 'message', ' 1e3 '],
        ['d', 'message', 'ü€😀'],
      ],
    },
  ],
]

const RETRY: Group = [
  SECTION.interpretation,
  [
    {
      name: 'retry sets the reconnection time',
      rule: 'If the field value consists of only ASCII digits, it is the reconnection time, base ten.',
      chunks: ['retry: 2500\n\nretry:0\ndata: a\n\nretry: 010\n\n'],
      events: [['a']],
      retries: [2500, 0, 10],
    },
    {
      name: 'a retry that is not all ASCII digits is ignored',
      rule: 'If the field value consists of only ASCII digits ... Otherwise, ignore the field.',
      chunks: [
        'retry: 1s\nretry: -1\nretry: +1\nretry: 1.5\nretry: 1e3\nretry:  5\nretry: 5 \nretry: 0x10\nretry: ٣\n\n',
      ],
      events: [],
      retries: [],
    },
    {
      name: 'an empty retry is ignored',
      rule: 'An empty value is not a number.',
      chunks: ['retry:\nretry: \nretry\n\n'],
      events: [],
      retries: [],
    },
  ],
]

const END: Group = [
  SECTION.interpretation,
  [
    {
      name: 'an unfinished block at the end is dropped',
      rule: 'Once the end of the file is reached, any pending data must be discarded.',
      chunks: ['data: a\n\nid: 2\nevent: x\ndata: b\n'],
      events: [['a']],
      unfinished: true,
    },
    {
      name: 'an unfinished line at the end is dropped',
      rule: 'If the file ends before the final empty line, the incomplete event is not dispatched.',
      chunks: ['data: a\n\ndata: b'],
      events: [['a']],
      unfinished: true,
    },
    {
      name: 'a stream may hold nothing',
      rule: 'stream = [ bom ] *event',
      chunks: [''],
      events: [],
    },
    {
      name: 'an event comes as soon as its blank line ends',
      rule: 'If the line is empty: dispatch the event.',
      chunks: ['data: a\n', '\n'],
      events: [['a']],
      prompt: true,
    },
  ],
]

/** The rules of parsing (WHATWG HTML 9.2.5 and 9.2.6), each with a stream that shows it. */
export const STREAMS: readonly StreamCase[] = [
  ENCODING,
  LINE_ENDINGS,
  FIELDS,
  DATA,
  EVENT_TYPE,
  ID,
  RETRY,
  END,
].flatMap(([section, cases]) => cases.map((each) => ({ section, ...each })))
