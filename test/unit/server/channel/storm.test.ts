import { expect, it } from 'vitest'
import { createHub } from '../../../../src/server/channel/hub.js'
import { LIMITS } from '../../../../src/server/channel/hub-options.js'
import { createMemoryTransport } from '../../../../src/server/channel/memory-transport.js'
import { Reader } from '../../../../src/server/channel/reader.js'
import { eventRequestOf } from '../../../../src/server/event-request.js'
import type { Sink } from '../../../../src/server/sink.js'
import { Random } from '../../../support/random.js'
import { SimScheduler } from '../../../support/channel/sim-scheduler.js'

const REQUEST = eventRequestOf(new Request('http://localhost/'))

const READERS = 2000
const EVENTS = 1000
const EVENT_BYTES = 200
const PAGE = 32 * 1024

/** Takes what it is given a turn later, as a fast connection does. */
class FastSink implements Sink {
  chunks: Uint8Array[] = []
  bufferedBytes = 0
  received = 0

  constructor(readonly reader: Reader) {}

  write(chunk: Uint8Array): void {
    this.chunks.push(chunk)
    this.bufferedBytes += chunk.byteLength
  }

  take(): number {
    const bytes = this.bufferedBytes
    this.received += bytes
    this.bufferedBytes = 0
    if (bytes > 0) this.reader.onDrain()
    return bytes
  }

  end(): void {}
  destroy(): void {}
}

/** A hub in memory, and what turns its loop. */
function start() {
  const scheduler = new SimScheduler(new Random(1))
  const history = { size: EVENTS, maxAge: Infinity, maxBytes: Infinity }
  const transport = createMemoryTransport(history, () => 0, 'e')
  const hub = createHub(
    {
      hooks: {},
      limits: LIMITS,
      history,
      heartbeat: 0,
      retry: 2000,
      maxAge: 0,
      flush: 0,
      maxBytes: 1024 * 1024,
      stall: 30_000,
      policy: 'disconnect',
      gapEvent: 'reset',
      positionEvent: undefined,
      greeting: true,
      retryJitter: 0.5,
      reauthorize: 0,
      report(error) {
        throw error
      },
    },
    { transport, scheduler },
  )
  return { scheduler, transport, hub }
}

it('readers that all come back at once are served a bounded share in each turn, from chunks that they share', async () => {
  const { scheduler, transport, hub } = start()
  for (let n = 0; n < EVENTS; n++) {
    void transport.publish({ event: 'e', data: 'x'.repeat(EVENT_BYTES - 40), json: false })
  }

  const sinks = Array.from({ length: READERS }, (_, i) => {
    const reader = new Reader(hub, { context: undefined, topics: undefined, request: REQUEST })
    const sink = new FastSink(reader)
    reader.sink = sink
    hub.join(reader, `e-${i % 100}`)
    return sink
  })

  let turns = 0
  let most = 0
  for (let left = sinks; left.length > 0; turns++) {
    const waiting = left.reduce((sum, { bufferedBytes }) => sum + bufferedBytes, 0)
    most = Math.max(most, waiting)
    for (const sink of left) sink.take()
    scheduler.turn()
    await new Promise((resolve) => setImmediate(resolve))
    left = left.filter(({ reader }) => reader.phase.kind !== 'live')
  }
  // The first bytes of all of them are not held back.
  expect(most).toBeLessThan(LIMITS.steps * 2 * PAGE + READERS * 100)
  expect(turns).toBeLessThan(1000)
  for (const sink of sinks) sink.take()
  const expected = (sink: FastSink): number => sink.chunks.reduce((sum, { byteLength }) => sum + byteLength, 0)
  for (const sink of sinks) expect(sink.received).toBe(expected(sink))

  const distinct = new Set(sinks.flatMap(({ chunks }) => chunks.filter(({ byteLength }) => byteLength > 1000)))
  const total = sinks.reduce((sum, { chunks }) => sum + chunks.length, 0)
  expect(total).toBeGreaterThan(READERS * 6)
  // One for each place that readers begin at, and one for each page.
  expect(distinct.size).toBeLessThan(150)
})

it('readers that miss nothing are live at once, however many come', () => {
  const { hub } = start()
  for (let i = 0; i < READERS; i++) {
    const reader = new Reader(hub, { context: undefined, topics: undefined, request: REQUEST })
    reader.sink = new FastSink(reader)
    hub.join(reader, undefined)
    expect(reader.phase.kind).toBe('live')
  }
})
