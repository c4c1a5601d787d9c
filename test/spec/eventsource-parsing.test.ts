import { equal, specify, type Setting, type SpecifyOptions } from './eventsource/specify.js'
import type { Answer } from './eventsource/stage.js'

/** Serves `answer`, then an event `end`, and expects these events before it. */
function expectEvents(
  rule: string,
  answer: Answer,
  expected: [type: string, data: string][],
  { types = [], ...options }: SpecifyOptions & { types?: string[] } = {},
): void {
  const body = async ({ stage, open, record }: Setting): Promise<void> => {
    const { url } = await stage([
      [{ bytes: 'retry: 50\n\n' }, ...answer],
      [{ bytes: 'event: end\ndata\n\n' }, { stall: true }],
    ])
    const source = open(url)
    const { seen, until } = record(source, ['message', 'end', ...types])
    await until(expected.length + 1)
    equal(
      seen.map(({ type, data }) => [type, data]),
      [...expected, ['end', '']],
    )
  }
  specify(rule, body, options)
}

/** The same without the `retry:` in front, for the very start of a stream. */
function expectFromStart(rule: string, bytes: Answer, expected: string[]): void {
  specify(rule, async ({ stage, open, record }) => {
    const { url } = await stage([[...bytes, { bytes: '\n\ndata: last\n\n' }, { stall: true }]])
    const { seen, until } = record(open(url), ['message'])
    await until(expected.length + 1)
    equal(
      seen.map(({ data }) => data),
      [...expected, 'last'],
    )
  })
}

const BOM = 'ef bb bf'
const DATA_A = '64 61 74 61 3a 61 0a 0a'

expectFromStart('one leading byte order mark is dropped', [{ hex: `${BOM} ${DATA_A}` }], ['a'])
expectFromStart(
  'a second leading byte order mark is text: the line has no known field',
  [{ hex: `${BOM} ${BOM} ${DATA_A}` }],
  [],
)
expectFromStart(
  'a byte order mark that comes in pieces is dropped once',
  [{ hex: 'ef' }, { wait: 30 }, { hex: 'bb' }, { wait: 30 }, { hex: `bf ${BOM} ${DATA_A} ${DATA_A}` }],
  ['a'],
)
expectFromStart('a byte order mark is dropped on each connection', [{ hex: `${BOM} ${DATA_A}` }], ['a'])

expectEvents(
  'lines end with LF, CR or CRLF, mixed as they come',
  [{ bytes: 'data:1\r\n\r\ndata:2\r\rdata:3\n\ndata:4\r\ndata:5\rdata:6\n\r\n' }],
  [
    ['message', '1'],
    ['message', '2'],
    ['message', '3'],
    ['message', '4\n5\n6'],
  ],
)
expectEvents(
  'a CRLF that comes in two pieces is one line end',
  [{ bytes: 'data:1\r' }, { wait: 30 }, { bytes: '\ndata:2\r\n\r' }, { wait: 30 }, { bytes: '\ndata:3\n\n' }],
  [
    ['message', '1\n2'],
    ['message', '3'],
  ],
)

specify('a CR ends its line at once', async ({ stage, open, record }) => {
  const { url } = await stage([[{ bytes: 'data:1\r\r' }, { stall: true }]])
  const [, message] = await record(open(url)).until(2)
  equal(message!.data, '1')
})

expectEvents(
  'a block that is unfinished at the end is not dispatched',
  [{ bytes: 'data:1\n\ndata:2\n' }],
  [['message', '1']],
)
specify('nor is one that is cut', async ({ stage, open, record }) => {
  const { url, open: openGate } = await stage([
    [{ bytes: 'retry: 50\n\ndata:1\n\ndata:2' }, { gate: 'cut' }, { cut: 'fin' }],
    [{ bytes: 'event: end\ndata\n\n' }, { stall: true }],
  ])
  const { until } = record(open(url), ['message', 'end'])
  await until(1)
  await openGate('cut')
  equal(
    (await until(2)).map(({ type, data }) => [type, data]),
    [
      ['message', '1'],
      ['end', ''],
    ],
  )
})
expectEvents(
  'a block without data is not dispatched, and its type does not leak',
  [{ bytes: 'event:x\n\ndata:1\n\n' }],
  [['message', '1']],
)
expectEvents(
  'data alone is the empty string, twice it is one LF',
  [{ bytes: 'data\n\ndata:\ndata\n\n' }],
  [
    ['message', ''],
    ['message', '\n'],
  ],
)
expectEvents(
  'one space after the colon is dropped, no more, and no tab',
  [{ bytes: 'data: 1\ndata:  2\ndata:\t3\ndata:4 \n\n' }],
  [['message', '1\n 2\n\t3\n4 ']],
)
expectEvents(
  'unknown fields, other cases and comments are ignored',
  [{ bytes: 'Data:1\n data:2\ndata :3\nfoo\n:data:4\ndata:5\n:\n\n' }],
  [['message', '5']],
)
expectEvents(
  'the last type of a block counts, and an empty one resets it',
  [{ bytes: 'event:x\nevent:y\ndata:1\n\nevent:x\nevent:\ndata:2\n\nevent\ndata:3\n\nevent: y\ndata:4\n\n' }],
  [
    ['y', '1'],
    ['message', '2'],
    ['message', '3'],
    ['y', '4'],
  ],
  { types: ['x', 'y'], differs: 'emptyType' },
)
expectEvents(
  'a NUL is a character like any other in data',
  [{ bytes: 'data:\0a\0b\n\ndata:a\0\n\n' }],
  [
    ['message', '\0a\0b'],
    ['message', 'a\0'],
  ],
  { differs: 'nulInData' },
)
expectEvents(
  'what is no UTF-8 is replaced',
  [{ hex: `64 61 74 61 3a ff c3 28 e2 82 0a 0a` }],
  [['message', '\ufffd\ufffd(\ufffd']],
)
expectEvents(
  'a character that comes in pieces is whole',
  [{ bytes: 'data:ü€😀\n\n', drip: { size: 1, gap: 5 } }],
  [['message', 'ü€😀']],
)
expectEvents(
  'a long line is whole',
  [{ bytes: `data:${'long '.repeat(60_000)}\n\n` }],
  [['message', 'long '.repeat(60_000)]],
)
expectEvents(
  'many events of a chunk come all, in order',
  [{ bytes: Array.from({ length: 500 }, (_, index) => `data:${index}\n\n`).join('') }],
  Array.from({ length: 500 }, (_, index) => ['message', String(index)]),
)
