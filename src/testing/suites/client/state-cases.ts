import { SECTION } from '../sections.js'
import { expectSame, expectThat } from '../suite.js'
import { lose, message, RECONNECT, soon, STALL, text, type ClientCase } from './client-case.js'
import type { Trial } from './client-trial.js'

export const LAST_EVENT_ID: readonly ClientCase[] = [
  {
    name: 'sends the last event ID when it comes back',
    rule: 'Set (`Last-Event-ID`, last event ID) in the header list of the request.',
    section: SECTION.lastEventId,
    needs: RECONNECT,
    script: [[soon('a', '1'), message('b', 'two')], [message('c')], [STALL]],
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
    script: [[soon('a', 'ü€😀')], [STALL]],
    check: async (trial) => expectSame('Last-Event-ID', (await trial.request(2)).lastEventId, 'ü€😀'),
  },
  {
    name: 'the id of an event cut off is not remembered',
    rule: 'The last event ID string is set at the blank line; a block that never ends sets nothing.',
    section: SECTION.interpretation,
    needs: RECONNECT,
    script: [
      [soon('a', '1'), text('id: 2\ndata: b\n'), ...lose()],
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
    script: [[soon('a', '1'), { event: { id: '2' } }], [STALL]],
    check: async (trial) => expectSame('Last-Event-ID', (await trial.request(2)).lastEventId, '2'),
  },
  {
    name: 'an empty id takes the header away',
    rule: 'The header is set only if the last event ID string is not empty.',
    section: SECTION.lastEventId,
    needs: RECONNECT,
    script: [[soon('a', '1'), { event: { id: '' } }], [STALL]],
    check: async (trial) => expectSame('Last-Event-ID', (await trial.request(2)).lastEventId, undefined),
  },
  {
    name: 'the last event ID outlives the connection',
    rule: 'It belongs to the event source: events of the next stream have it until an id field changes it.',
    section: SECTION.interpretation,
    needs: RECONNECT,
    script: [[soon('a', '1')], [message('b'), STALL]],
    check: async (trial) => {
      await trial.receives(['a', 'b'])
      expectSame('id of the event after', trial.events[1]![2], '1')
    },
  },
]

/** The first answer said `retry: 10`, the second 1200. */
async function waitsLonger(trial: Trial): Promise<void> {
  const [first, second, third] = [await trial.request(1), await trial.request(2), await trial.request(3)]
  const [short, long] = [second.time - first.time, third.time - second.time]
  // Clients may wait longer than asked for, and some spread their delays: only the order is sure.
  expectThat(long > 550, `expected a wait near 1200 ms after retry: 1200, was ${Math.round(long)} ms`)
  expectThat(short < long * 0.75, `expected a short wait after retry: 10, was ${Math.round(short)} ms`)
}

export const TIME: readonly ClientCase[] = [
  {
    name: 'waits as long as retry says',
    rule: 'Wait a delay equal to the reconnection time of the event source, which a retry field sets.',
    section: SECTION.processing,
    needs: RECONNECT,
    script: [[soon('a')], [{ event: { data: 'b', retry: 1200 } }], [STALL]],
    check: waitsLonger,
  },
  {
    name: 'retry counts as soon as its line ends',
    rule: 'Processing the field sets the reconnection time; the block need not end, nor hold an event.',
    section: SECTION.interpretation,
    needs: RECONNECT,
    script: [[soon('a')], [text('retry: 1200\n')], [STALL]],
    check: waitsLonger,
  },
  {
    name: 'waits on a retry too long for a timer',
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

export const CLOSE: readonly ClientCase[] = [
  {
    name: 'no event comes after close()',
    rule: 'If the readyState attribute is CLOSED, no event is dispatched, not even of a chunk in hand.',
    section: SECTION.interpretation,
    needs: ['close-in-handler'],
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
