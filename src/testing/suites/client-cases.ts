import type { Step } from '../script/steps.js'
import type { Trial } from './client-trial.js'
import { SECTION } from './sections.js'
import { expectSame, expectThat } from './suite.js'

export interface ClientCase {
  readonly name: string
  readonly rule: string
  readonly section: string
  readonly needs?: readonly string[]
  readonly script: readonly (readonly Step[])[]
  readonly check: (trial: Trial) => Promise<void>
}

const RECONNECT = ['reconnect']

/** Makes the client come back soon. */
const SOON: Step = { event: { retry: 10 } }
const STALL: Step = { stall: true }
const message = (data: string, id?: string): Step => ({ event: { data, ...(id !== undefined && { id }) } })
const text = (value: string): Step => ({ bytes: value })

/** Three bytes of an event follow the head of a failed answer: it must not be read as a stream. */
const refused = (head: Step): readonly Step[][] => [[head, message('not for you')]]

async function fails(trial: Trial): Promise<void> {
  await trial.gaveUp(1)
  expectSame('data of the events', trial.data, [])
}

const REQUEST: ClientCase[] = [
  {
    name: 'asks with GET',
    rule: 'The request is a GET without a body.',
    section: SECTION.interface,
    script: [[STALL]],
    check: async (trial) => {
      const { method, body } = await trial.request(1)
      expectSame('method and body', [method, body], ['GET', ''])
    },
  },
  {
    name: 'asks for an event stream',
    rule: '`Accept: text/event-stream` is set in the header list of the request.',
    section: SECTION.interface,
    script: [[STALL]],
    check: async (trial) => expectSame('Accept', (await trial.request(1)).headers['accept'], 'text/event-stream'),
  },
  {
    name: 'asks past caches',
    rule: 'The request\'s cache mode is "no-store", which fetch announces with `Cache-Control: no-cache`.',
    section: SECTION.interface,
    script: [[STALL]],
    check: async (trial) => {
      const value = (await trial.request(1)).headers['cache-control'] ?? ''
      expectThat(/no-cache|no-store/.test(value), `expected Cache-Control: no-cache, got ${JSON.stringify(value)}`)
    },
  },
  {
    name: 'sends no Last-Event-ID before there is one',
    rule: 'The header is set if the last event ID string is not empty.',
    section: SECTION.processing,
    script: [[STALL]],
    check: async (trial) => expectSame('Last-Event-ID', (await trial.request(1)).lastEventId, undefined),
  },
]

const ANSWER: ClientCase[] = [
  {
    name: 'takes the content type without case and parameters',
    rule: 'The MIME type is compared by its essence, which is in lower case and has no parameters.',
    section: SECTION.processing,
    script: [[{ headers: { 'content-type': 'Text/Event-Stream ;charset=UTF-8; x="a;b"' } }, message('a'), STALL]],
    check: (trial) => trial.receives(['a']),
  },
  {
    name: 'reads UTF-8 whatever the charset says',
    rule: 'Streams must always be decoded as UTF-8; there is no way to specify another encoding.',
    section: SECTION.parsing,
    script: [[{ headers: { 'content-type': 'text/event-stream; charset=iso-8859-1' } }, message('é€'), STALL]],
    check: (trial) => trial.receives(['é€']),
  },
  ...[
    ['another content type fails', { 'content-type': 'text/html' }],
    ['a missing content type fails', { 'content-type': null }],
    ['a content type that only begins like an event stream fails', { 'content-type': 'text/event-streams' }],
  ].map(([name, headers]): ClientCase => ({
    name: name as string,
    rule: 'If the content type is not text/event-stream, fail the connection: no event, no further request.',
    section: SECTION.processing,
    script: refused({ headers: headers as Record<string, string | null> }),
    check: fails,
  })),
  ...[401, 403, 404, 410].map((status): ClientCase => ({
    name: `${status} fails`,
    rule: 'If the status is not 200, fail the connection: no event, no further request.',
    section: SECTION.processing,
    script: refused({ status, headers: { 'content-type': 'text/event-stream' } }),
    check: fails,
  })),
  ...[429, 500, 503].map((status): ClientCase => ({
    name: `${status} fails`,
    rule: 'If the status is not 200, fail the connection: no event, no further request.',
    section: SECTION.processing,
    needs: ['temporary-errors'],
    script: refused({ status, headers: { 'content-type': 'text/event-stream' } }),
    check: fails,
  })),
  ...[204, 205].map((status): ClientCase => ({
    name: `${status} stops the client`,
    rule: 'If the status is not 200, fail the connection; 204 No Content is how a server tells clients to stop.',
    section: SECTION.processing,
    script: [[{ status }]],
    check: fails,
  })),
  {
    name: '204 stops the client when it comes back',
    rule: 'Clients can be told to stop reconnecting using 204 No Content; what came before has been dispatched.',
    section: SECTION.processing,
    needs: RECONNECT,
    script: [[SOON, message('a')], [{ status: 204 }]],
    check: async (trial) => {
      await trial.gaveUp(2)
      await trial.receives(['a'])
    },
  },
  {
    name: 'follows redirects',
    rule: 'Redirects 301, 302, 303, 307 and 308 are followed as fetch has it.',
    section: SECTION.requestTarget,
    script: [
      ...[301, 302, 303, 307, 308].map((status) => [{ redirect: `/${status}`, status }]),
      [message('there'), STALL],
    ],
    check: async (trial) => {
      await trial.receives(['there'])
      expectSame(
        'paths',
        trial.requests.map(({ url }) => url),
        ['/', '/301', '/302', '/303', '/307', '/308'],
      )
    },
  },
]

const STREAM: ClientCase[] = [
  {
    name: 'hands over events in order, with type and last event ID',
    rule: 'Events are dispatched in the order of the stream.',
    section: SECTION.interpretation,
    script: [[message('a', '1'), { event: { event: 'tick', data: 'b' } }, message('c', '2'), STALL]],
    check: async (trial) => {
      await trial.receives(['a', 'b', 'c'])
      expectSame('[data, event, id]', trial.events, [
        ['a', 'message', '1'],
        ['b', 'tick', '1'],
        ['c', 'message', '2'],
      ])
    },
  },
  {
    name: 'takes many events in one chunk',
    rule: 'Every block is an event, however they arrive.',
    section: SECTION.parsing,
    script: [[text(Array.from({ length: 500 }, (_, n) => `data: ${n}\n\n`).join('')), STALL]],
    check: (trial) => trial.receives(Array.from({ length: 500 }, (_, n) => String(n))),
  },
  {
    name: 'takes a stream that drips byte by byte',
    rule: 'Chunks mean nothing, neither inside code points nor inside line endings.',
    section: SECTION.parsing,
    script: [[{ bytes: '\uFEFFdata: é€😀\r\n\r\ndata: b\r\r', drip: { size: 1, gap: 1 } }, STALL]],
    check: (trial) => trial.receives(['é€😀', 'b']),
  },
]

const lost = (name: string, ...how: Step[]): ClientCase => ({
  name: `comes back after ${name}`,
  rule: 'A network error, also in the middle of the body, leads to reestablishing the connection.',
  section: name.includes('chunked') || name.includes('body') ? SECTION.incomplete : SECTION.processing,
  needs: RECONNECT,
  script: [how, [message('b'), STALL]],
  check: (trial) => trial.receives(['a', 'b']),
})

const CONNECTION: ClientCase[] = [
  {
    name: 'comes back after a clean end, again and again',
    rule: 'When the body ends, the connection is reestablished.',
    section: SECTION.processing,
    needs: RECONNECT,
    script: [[SOON, message('a')], [message('b')], [message('c')], [message('d'), STALL]],
    check: (trial) => trial.receives(['a', 'b', 'c', 'd']),
  },
  lost('a lost connection', SOON, message('a'), { cut: 'fin' }),
  lost('a reset connection', SOON, message('a'), { cut: 'reset' }),
  lost('a truncated body', { headers: { 'content-length': '1000' } }, SOON, message('a'), { cut: 'fin' }),
  lost('broken chunked encoding', SOON, message('a'), { raw: 'zz\r\nnonsense\r\n' }, { cut: 'fin' }),
  {
    name: 'comes back when there is no answer at all',
    rule: 'A network error while reconnecting leads to reestablishing the connection once more.',
    section: SECTION.processing,
    needs: RECONNECT,
    script: [[SOON, message('a')], [{ cut: 'fin' }], [{ cut: 'reset' }], [message('b'), STALL]],
    check: (trial) => trial.receives(['a', 'b']),
  },
  {
    name: 'an event cut off is not dispatched',
    rule: 'Once the end of the file is reached, any pending data must be discarded.',
    section: SECTION.interpretation,
    needs: RECONNECT,
    script: [
      [SOON, message('a'), { event: { data: 'half' }, cutAfter: -1 }],
      [message('b'), { event: { data: 'half' }, cutAfter: 8 }],
      [message('c'), STALL],
    ],
    check: (trial) => trial.receives(['a', 'b', 'c']),
  },
  {
    name: 'nothing of a stream cut off leaks into the next',
    rule: 'Every connection is a stream of its own: decoder, line, data and event type start empty.',
    section: SECTION.interpretation,
    needs: RECONNECT,
    script: [
      [SOON, text('event: leak\ndata: leak\n')],
      [message('a'), { bytes: 'data: é', cutAfter: 'code-point' }],
      [message('b'), text('data: x\r')],
      [text('\ndata: c\n\n'), STALL],
    ],
    check: async (trial) => {
      await trial.receives(['a', 'b', 'c'])
      expectSame(
        'types',
        trial.events.map(([, event]) => event),
        ['message', 'message', 'message'],
      )
    },
  },
]

const LAST_EVENT_ID: ClientCase[] = [
  {
    name: 'sends the last event ID when it comes back',
    rule: 'Set (`Last-Event-ID`, last event ID) in the header list of the request.',
    section: SECTION.lastEventId,
    needs: RECONNECT,
    script: [[SOON, message('a', '1'), message('b', 'two')], [message('c')], [STALL]],
    check: async (trial) => {
      await trial.request(3)
      expectSame(
        'Last-Event-ID',
        trial.requests.map(({ lastEventId }) => lastEventId ?? null),
        [null, 'two', 'two'],
      )
    },
  },
  {
    name: 'sends the last event ID as UTF-8',
    rule: 'The value is the last event ID string, encoded as UTF-8.',
    section: SECTION.processing,
    needs: RECONNECT,
    script: [[SOON, message('a', 'ü€😀')], [STALL]],
    check: async (trial) => expectSame('Last-Event-ID', (await trial.request(2)).lastEventId, 'ü€😀'),
  },
  {
    name: 'the id of an event cut off is not remembered',
    rule: 'The last event ID string is set at the blank line; a block that never ends sets nothing.',
    section: SECTION.interpretation,
    needs: RECONNECT,
    script: [
      [SOON, message('a', '1'), { event: { id: '2', data: 'b' }, cutAfter: -1 }],
      [message('c'), STALL],
    ],
    check: async (trial) => {
      await trial.receives(['a', 'c'])
      expectSame('Last-Event-ID', trial.requests[1]!.lastEventId, '1')
      expectSame('id of the next event', trial.events[1]![2], '1')
    },
  },
  {
    name: 'an id without data is remembered',
    rule: 'The last event ID string is set before the data buffer is looked at.',
    section: SECTION.interpretation,
    needs: RECONNECT,
    script: [[SOON, message('a', '1'), { event: { id: '2' } }], [STALL]],
    check: async (trial) => expectSame('Last-Event-ID', (await trial.request(2)).lastEventId, '2'),
  },
  {
    name: 'an empty id takes the header away',
    rule: 'The header is set only if the last event ID string is not empty.',
    section: SECTION.lastEventId,
    needs: RECONNECT,
    script: [[SOON, message('a', '1'), { event: { id: '' } }], [STALL]],
    check: async (trial) => expectSame('Last-Event-ID', (await trial.request(2)).lastEventId, undefined),
  },
  {
    name: 'the last event ID outlives the connection',
    rule: 'It belongs to the event source: events of the next stream have it until an id field changes it.',
    section: SECTION.interpretation,
    needs: RECONNECT,
    script: [
      [SOON, message('a', '1')],
      [message('b'), STALL],
    ],
    check: async (trial) => {
      await trial.receives(['a', 'b'])
      expectSame('id of the event after', trial.events[1]![2], '1')
    },
  },
]

const TIME: ClientCase[] = [
  {
    name: 'waits as long as retry says',
    rule: 'Wait a delay equal to the reconnection time of the event source, which a retry field sets.',
    section: SECTION.processing,
    needs: RECONNECT,
    script: [[SOON, message('a')], [message('b'), { event: { retry: 1200 } }], [STALL]],
    check: async (trial) => {
      const [first, second, third] = [await trial.request(1), await trial.request(2), await trial.request(3)]
      const [short, long] = [second.time - first.time, third.time - second.time]
      // Clients may wait longer than asked for, and some spread their delays: only the order is sure.
      expectThat(long > 550, `expected a wait near 1200 ms after retry: 1200, was ${Math.round(long)} ms`)
      expectThat(short < long * 0.75, `expected a short wait after retry: 10, was ${Math.round(short)} ms`)
    },
  },
  {
    name: 'a retry too long for a timer is no storm',
    rule: 'Wait a delay equal to the reconnection time: a number beyond the range of timers must not become zero.',
    section: SECTION.processing,
    needs: RECONNECT,
    script: [[{ event: { retry: 99_999_999_999, data: 'a' } }], [{ end: true }], [{ end: true }]],
    check: async (trial) => {
      await trial.receives(['a'])
      await trial.requests[0]!.closed
      await trial.makesNoRequest(200)
    },
  },
]

const CLOSE: ClientCase[] = [
  {
    name: 'no event comes after close()',
    rule: 'If the readyState attribute is CLOSED, no event is dispatched, not even of a chunk in hand.',
    section: SECTION.interpretation,
    script: [[text('data: a\n\ndata: b\n\ndata: c\n\n'), STALL]],
    check: async (trial) => {
      let closing: Promise<void> | undefined
      trial.atEvent(() => (closing ??= trial.close()))
      await trial.receives(['a'])
      await closing
      await trial.requests[0]!.closed
      expectSame('data of the events', trial.data, ['a'])
    },
  },
  {
    name: 'close() lets go of the connection',
    rule: 'close() must abort any instances of the fetch algorithm started for this event source.',
    section: SECTION.interface,
    script: [[message('a'), STALL]],
    check: async (trial) => {
      await trial.receives(['a'])
      let left = false
      void trial.requests[0]!.closed.then(() => (left = true))
      await trial.close()
      await trial.until(
        () => left,
        () => 'the connection to be closed by the client',
      )
    },
  },
  {
    name: 'close() between two connections is final',
    rule: 'If the readyState attribute is not CONNECTING when the delay is over, return.',
    section: SECTION.processing,
    needs: RECONNECT,
    script: [[{ event: { retry: 100, data: 'a' } }], [message('b'), STALL]],
    check: async (trial) => {
      await trial.receives(['a'])
      await trial.requests[0]!.closed
      await trial.close()
      await trial.makesNoRequest(250)
    },
  },
]

/** The rules of the processing model (WHATWG HTML 9.2.2 to 9.2.6), each with a server that shows it. */
export const CLIENT_CASES: readonly ClientCase[] = [
  REQUEST,
  ANSWER,
  STREAM,
  CONNECTION,
  LAST_EVENT_ID,
  TIME,
  CLOSE,
].flat()
