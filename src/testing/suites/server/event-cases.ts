import { LINE_ENDING } from '../../../wire/field-rules.js'
import { SECTION } from '../sections.js'
import { expectSame, expectThat } from '../suite.js'
import { poll, Reader, type ServerCase } from './server-reader.js'
import { between } from './server-traffic.js'

const SEND = ['send']

/** Data goes through the server and must come out as readers have it: all line endings are LF. */
const carries = (name: string, rule: string, ...data: string[]): ServerCase => ({
  name,
  rule,
  section: SECTION.interpretation,
  needs: SEND,
  run: async (context) => {
    const { events, sent } = await between(
      context,
      data.map((each) => ({ data: each })),
    )
    expectSame(
      'data of the events',
      events.map((event) => event.data),
      sent.map((message) => message.data.replaceAll(LINE_ENDING, '\n')),
    )
  },
})

export const EVENTS: readonly ServerCase[] = [
  {
    name: 'an event goes out at once',
    rule: 'Authors are cautioned about buffering: an event that waits for the next one is late by that much.',
    section: SECTION.authoring,
    needs: SEND,
    run: (context) =>
      Reader.with(context, async (reader) => {
        await context.send!({ data: 'at once' })
        const came = await reader.until(() => reader.events.some(({ data }) => data === 'at once'))
        expectThat(came, `the event has not come within ${context.timeout} ms, with nothing sent after it`)
      }),
  },
  carries('line breaks in data arrive', 'Every line of the data is a data field of its own.', 'a\nb', '\n', 'a\n\nb\n'),
  carries(
    'CR and CRLF in data start no field',
    'CR and CRLF end lines like LF does: each needs a data field after it.',
    'a\rdata: b\rid: 1\revent: x',
    'a\r\rb\r\n\r\nc',
  ),
  carries(
    'white space and colons at the start of data arrive',
    'Readers drop one space after the colon.',
    ' a',
    '  b',
    '\tc',
    ':d',
    ': e',
    ' ',
  ),
  carries(
    'any character arrives',
    'any-char is any scalar value but CR and LF.',
    'é€😀',
    '\u0000\u0085\u2028\uFEFF',
    '\uFEFF',
  ),
  carries('long data arrives', 'any-char is repeated as often as it comes.', 'x'.repeat(300_000), 'after'),
  carries('empty data arrives as an event', 'A data field with an empty value dispatches an event.', 'a', '', 'b'),
  {
    name: 'the event type arrives',
    rule: 'The event field names the type; without it the type is "message".',
    section: SECTION.interpretation,
    needs: SEND,
    run: async (context) => {
      const { events } = await between(context, [
        { event: 'tick', data: 'a' },
        { data: 'b' },
        { event: 'tock', data: 'c' },
      ])
      expectSame(
        '[type, data]',
        events.map(({ event, data }) => [event, data]),
        [
          ['tick', 'a'],
          ['message', 'b'],
          ['tock', 'c'],
        ],
      )
    },
  },
  {
    name: 'a line break in an event type starts no field',
    rule: 'A type with a line break cannot be written; the server must refuse it or leave the break out.',
    section: SECTION.parsing,
    needs: SEND,
    run: async (context) => {
      const types = ['x\ndata: injected', 'x\rdata: injected', 'x\r\ndata: injected']
      const { events } = await between(
        context,
        types.map((event) => ({ event, data: 'plain' })),
      )
      const injected = events.filter(({ data }) => data !== 'plain')
      expectSame('events made up by a type', injected, [])
    },
  },
  {
    name: 'events arrive in order, each once',
    rule: 'Events are dispatched in the order of the stream.',
    section: SECTION.interpretation,
    needs: SEND,
    run: async (context) => {
      const data = Array.from({ length: 100 }, (_, number) => String(number))
      const { events } = await between(
        context,
        data.map((each) => ({ data: each })),
      )
      expectSame(
        'data of the events',
        events.map((event) => event.data),
        data,
      )
    },
  },
  {
    name: 'a keep-alive is a comment, not an event',
    rule: 'Authors can include a comment line every 15 seconds or so; an empty data field would be a message.',
    section: SECTION.authoring,
    run: (context) =>
      Reader.with(context, async ({ events }) => {
        const empty = await poll(() => events.some(({ data }) => data === ''), context.watch)
        expectThat(!empty, 'an event with empty data came that nobody sent')
      }),
  },
]
