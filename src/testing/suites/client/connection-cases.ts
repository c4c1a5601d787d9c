import type { Step } from '../../script/steps.js'
import { SECTION } from '../sections.js'
import { expectSame } from '../suite.js'
import { lose, message, RECONNECT, soon, STALL, text, type ClientCase } from './client-case.js'

export const STREAM: readonly ClientCase[] = [
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

const lost = (
  name: string,
  section: string,
  [end, head = []]: readonly [end: readonly Step[], head?: readonly Step[]],
): ClientCase => ({
  name: `comes back after ${name}`,
  rule: 'A network error, also in the middle of the body, leads to reestablishing the connection.',
  section,
  needs: RECONNECT,
  script: [
    [...head, soon('a'), ...end],
    [message('b'), STALL],
  ],
  check: (trial) => trial.receives(['a', 'b']),
})

export const CONNECTION: readonly ClientCase[] = [
  {
    name: 'comes back after a clean end, again and again',
    rule: 'When the body ends, the connection is reestablished, also where there was nothing in it.',
    section: SECTION.processing,
    needs: RECONNECT,
    script: [[soon('a')], [message('b')], [], [message('c')], [message('d'), STALL]],
    check: (trial) => trial.receives(['a', 'b', 'c', 'd']),
  },
  lost('a lost connection', SECTION.processing, [lose()]),
  lost('a reset connection', SECTION.processing, [[{ wait: 50 }, { cut: 'reset' }]]),
  lost('a truncated body', SECTION.incomplete, [lose(), [{ headers: { 'content-length': '1000' } }]]),
  lost('broken chunked encoding', SECTION.incomplete, [lose({ raw: 'zz\r\nnonsense\r\n' })]),
  {
    name: 'comes back when there is no answer at all',
    rule: 'A network error while reconnecting leads to reestablishing the connection once more.',
    section: SECTION.processing,
    needs: RECONNECT,
    script: [[soon('a')], [{ cut: 'fin' }], [{ cut: 'reset' }], [message('b'), STALL]],
    check: (trial) => trial.receives(['a', 'b']),
  },
  {
    name: 'comes back when the first request gets no answer',
    rule: 'A network error leads to reestablishing the connection, also before there ever was one.',
    section: SECTION.processing,
    needs: RECONNECT,
    script: [[{ cut: 'fin' }], [message('a'), STALL]],
    check: (trial) => trial.receives(['a']),
  },
  {
    name: 'an event cut off is not dispatched',
    rule: 'Once the end of the file is reached, any pending data must be discarded.',
    section: SECTION.interpretation,
    needs: RECONNECT,
    script: [
      [soon('a'), text('data: half\n'), ...lose()],
      [message('b'), text('data: ha'), ...lose()],
      [message('c'), STALL],
    ],
    check: (trial) => trial.receives(['a', 'b', 'c']),
  },
  {
    name: 'nothing of a stream cut off leaks into the next',
    rule: 'Every connection is a stream of its own: byte order mark, decoder, line, data and event type start from nothing.',
    section: SECTION.interpretation,
    needs: RECONNECT,
    script: [
      [text('retry: 10\nevent: leak\ndata: leak\n')],
      [message('a'), { bytes: Uint8Array.of(0x64, 0x61, 0x74, 0x61, 0x3a, 0xc3) }, ...lose()],
      [message('b'), text('data: x\r')],
      [text('\ndata: c\n\n')],
      [text('\uFEFFdata: d\n\n'), STALL],
    ],
    check: async (trial) => {
      await trial.receives(['a', 'b', 'c', 'd'])
      expectSame(
        'types',
        trial.events.map(([, event]) => event),
        ['message', 'message', 'message', 'message'],
      )
    },
  },
]
