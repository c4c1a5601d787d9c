import { isEventStreamType } from '../../wire/content-type.js'
import { LINE_ENDING, parseReconnectionTime } from '../../wire/field-rules.js'
import { poll, Reader, request, type ServerContext } from './server-reader.js'
import { between, missedAfter, sample } from './server-traffic.js'
import { SECTION } from './sections.js'
import { expectSame, expectThat, type CaseOf } from './suite.js'

type ServerCase = CaseOf<ServerContext>

const SEND = ['send']
const CONNECTIONS = ['connections']

const HEAD: ServerCase[] = [
  {
    name: 'the head does not wait for an event',
    rule: 'A reader announces the connection when the head is there; until then it cannot tell a slow server from a dead one.',
    section: SECTION.processing,
    run: (context) => Reader.with(context, () => {}),
  },
  {
    name: 'the status is 200',
    rule: 'Any other status fails the connection.',
    section: SECTION.processing,
    run: (context) => Reader.with(context, ({ response }) => expectSame('status', response.status, 200)),
  },
  {
    name: 'the content type is text/event-stream',
    rule: 'Any other content type fails the connection.',
    section: SECTION.processing,
    run: (context) =>
      Reader.with(context, ({ response }) => {
        const type = response.headers.get('content-type')
        expectThat(isEventStreamType(type), `expected text/event-stream, got ${JSON.stringify(type)}`)
      }),
  },
  {
    name: 'the content type names no charset but UTF-8',
    rule: 'The charset parameter may be given, and its value must be "utf-8" then.',
    section: SECTION.mimeType,
    run: (context) =>
      Reader.with(context, ({ response }) => {
        const charset = /;\s*charset="?([^";\s]*)/i.exec(response.headers.get('content-type') ?? '')?.[1]
        expectThat(charset === undefined || /^utf-8$/i.test(charset), `expected utf-8 or no charset, got ${charset}`)
      }),
  },
  {
    name: 'no cache may answer with it',
    rule: 'A response without no-store or no-cache may be stored and given to the next reader.',
    section: SECTION.caching,
    run: (context) =>
      Reader.with(context, ({ response }) => {
        const value = response.headers.get('cache-control') ?? ''
        expectThat(/no-store|no-cache/i.test(value), `expected Cache-Control: no-cache or no-store, got "${value}"`)
      }),
  },
]

/** A rule about each line of a sample. */
const lines = (
  name: string,
  rule: string,
  check: (field: string, value: string, line: string) => void,
): ServerCase => ({
  name,
  rule,
  section: SECTION.parsing,
  run: (context) =>
    sample(context, ({ text }) => {
      for (const line of text.split(LINE_ENDING)) {
        const colon = line.indexOf(':')
        if (line === '' || colon === 0) continue
        const value = colon === -1 ? '' : line.slice(colon + 1)
        check(colon === -1 ? line : line.slice(0, colon), value.startsWith(' ') ? value.slice(1) : value, line)
      }
    }),
})

const FORMAT: ServerCase[] = [
  {
    name: 'the stream is UTF-8',
    rule: 'Event streams must always be encoded as UTF-8.',
    section: SECTION.parsing,
    run: (context) =>
      sample(context, ({ bytes }) => {
        // A code point may still be on its way: only what is ill-formed is a fault.
        const decoder = new TextDecoder('utf-8', { fatal: true })
        try {
          decoder.decode(Uint8Array.from(bytes), { stream: true })
        } catch {
          expectThat(false, 'the stream is not well-formed UTF-8')
        }
      }),
  },
  lines(
    'every line is a field readers know, or a comment',
    'All other fields are ignored, and what they say is lost.',
    (name, _value, line) =>
      expectThat(
        ['data', 'event', 'id', 'retry', '\uFEFFdata', '\uFEFFevent', '\uFEFFid', '\uFEFFretry'].includes(name),
        `readers ignore the line ${JSON.stringify(line.slice(0, 80))}`,
      ),
  ),
  lines('retry is written in ASCII digits', 'A retry of anything but ASCII digits is ignored.', (name, value, line) =>
    expectThat(
      name !== 'retry' || parseReconnectionTime(value) !== undefined,
      `readers ignore the line ${JSON.stringify(line)}`,
    ),
  ),
  lines('no id holds NUL', 'An id with U+0000 NULL is ignored: the position would stand still.', (name, value, line) =>
    expectThat(name !== 'id' || !value.includes('\0'), `readers ignore the line ${JSON.stringify(line)}`),
  ),
  {
    name: 'no event type comes without data',
    rule: 'A block without data dispatches nothing, whatever its type.',
    section: SECTION.interpretation,
    run: (context) =>
      sample(context, ({ text }) => {
        for (const block of text.split(/(?:\r\n|\r|\n){2}/).slice(0, -1)) {
          const fields = block.split(LINE_ENDING).map((line) => line.split(':')[0])
          expectThat(
            !fields.includes('event') || fields.includes('data'),
            `nobody gets the block ${JSON.stringify(block)}`,
          )
        }
      }),
  },
]

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

const EVENTS: ServerCase[] = [
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

const HOSTILE_IDS = [
  '-1',
  '0',
  'NaN',
  '__proto__',
  '../../x',
  "'; --",
  '%0d%0a',
  '\u00ff\u00fe',
  'x'.repeat(4000),
  '9'.repeat(400),
  '*',
  '$',
  '0-0',
]

const RESUME: ServerCase[] = [
  {
    name: 'nothing is lost after Last-Event-ID',
    rule: 'The header tells the server which event came last; the reader expects those after it.',
    section: SECTION.lastEventId,
    needs: ['resume'],
    run: (context) =>
      missedAfter(context, ({ missed, got }) => {
        const lost = missed.filter((each) => !got.includes(each))
        expectSame('events that never came', lost, [])
      }),
  },
  {
    name: 'nothing comes twice after Last-Event-ID',
    rule: 'The reader has the event whose id it names, and those before it.',
    section: SECTION.lastEventId,
    needs: ['resume'],
    run: (context) =>
      missedAfter(context, ({ known, got }) => {
        const twice = got.filter((each, at) => known.includes(each) || got.indexOf(each) !== at)
        expectSame('events that came twice', twice, [])
      }),
  },
  {
    name: 'missed events come in order',
    rule: 'The reader goes on where it was: what it missed comes first, oldest first.',
    section: SECTION.lastEventId,
    needs: ['resume'],
    run: (context) =>
      missedAfter(context, ({ missed, got }) => {
        const came = got.filter((each) => missed.includes(each))
        expectSame(
          'order of the events',
          came,
          missed.filter((each) => came.includes(each)),
        )
      }),
  },
  {
    name: 'an unknown Last-Event-ID is answered',
    rule: 'The header is whatever a reader sends: the server must neither fail nor hang.',
    section: SECTION.serverErrors,
    run: async (context) => {
      for (const id of HOSTILE_IDS) {
        await Reader.with(
          context,
          ({ response }) =>
            expectThat(
              response.status < 500,
              `status ${response.status} for Last-Event-ID ${JSON.stringify(id.slice(0, 40))}`,
            ),
          id,
        )
      }
    },
  },
  {
    name: 'Last-Event-ID is not echoed in a header',
    rule: 'What a reader sends has no place in the head of an answer.',
    section: SECTION.lastEventId,
    run: (context) =>
      Reader.with(
        context,
        ({ response }) => {
          const echo = [...response.headers].find(([, value]) => value.includes('echo-7f3a'))
          expectSame('header with the value sent', echo?.[0] ?? null, null)
        },
        'echo-7f3a',
      ),
  },
  {
    name: 'new events come after an unknown Last-Event-ID',
    rule: 'A reader whose position is not known is a reader all the same.',
    section: SECTION.lastEventId,
    needs: SEND,
    run: (context) =>
      Reader.with(
        context,
        async (reader) => {
          if (reader.response.status !== 200) return 'the server refuses unknown ids'
          await context.send!({ data: 'after unknown' })
          const came = await reader.until(() => reader.events.some(({ data }) => data === 'after unknown'))
          expectThat(came, `a new event has not come within ${context.timeout} ms`)
          return undefined
        },
        'no-such-id',
      ),
  },
]

/** Waits until the server counts `count` readers. */
async function counts(context: ServerContext, count: number, when: string): Promise<void> {
  let last = Number.NaN
  await poll(async () => (last = await context.connections!()) === count, context.timeout)
  expectSame(`connections ${when}`, last, count)
}

const READERS: ServerCase[] = [
  {
    name: 'a reader that leaves is let go',
    rule: 'A connection that is closed by its reader is over; nothing may be kept for it.',
    section: SECTION.incomplete,
    needs: CONNECTIONS,
    run: async (context) => {
      const before = await context.connections!()
      const readers = await Promise.all(Array.from({ length: 5 }, () => Reader.open(context)))
      await counts(context, before + 5, 'while five more read').finally(() =>
        Promise.all(readers.map((reader) => reader.close())),
      )
      await counts(context, before, 'after they left')
    },
  },
  {
    name: 'a reader that leaves before the answer is let go',
    rule: 'A connection may be closed at any time, also while the server is still at work on the answer.',
    section: SECTION.incomplete,
    needs: CONNECTIONS,
    run: async (context) => {
      const before = await context.connections!()
      for (let wait = 0; wait < 5; wait++) {
        const abort = new AbortController()
        const answer = request(context, abort.signal).then((response) => response.body?.cancel())
        await new Promise((resolve) => setTimeout(resolve, wait))
        abort.abort()
        await answer.catch(() => {})
      }
      await new Promise((resolve) => setTimeout(resolve, context.watch))
      await counts(context, before, 'after five readers left early')
    },
  },
]

/** The rules for servers (WHATWG HTML 9.2.3 to 9.2.7, HTTP), as a reader sees them. */
export const SERVER_CASES: readonly ServerCase[] = [HEAD, FORMAT, EVENTS, RESUME, READERS].flat()
