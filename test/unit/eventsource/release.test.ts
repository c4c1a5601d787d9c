import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EventSource } from '../../../src/eventsource/event-source.js'
import { createScriptedServer, type ScriptedServer, type Step } from '../../../src/testing/server/index.js'
import { next, nextError } from './next.js'

const rejections: unknown[] = []
const onRejection = (reason: unknown): unknown => rejections.push(reason)

beforeEach(() => {
  process.on('unhandledRejection', onRejection)
})

afterEach(() => {
  process.off('unhandledRejection', onRejection)
  expect(rejections.splice(0)).toEqual([])
})

/** Each moment at which a source may be closed, and how to get there. */
const MOMENTS: [string, Step[], (source: EventSource, server: ScriptedServer) => Promise<unknown>][] = [
  ['at once', [{ stall: true }], async () => {}],
  ['before the answer', [{ stall: true }], (_, server) => server.waitForRequest(1)],
  ['in open', [{ headers: {} }, { stall: true }], (source) => next(source, 'open')],
  ['in a message', [{ event: { data: 'a' } }, { stall: true }], (source) => next(source, 'message')],
  [
    'in the middle of an event',
    [{ bytes: 'data: a\n\ndata: b' }, { stall: true }],
    (source) => next(source, 'message'),
  ],
  ['in the error of a lost connection', [{ event: { data: 'a' } }, { cut: 'reset' }], nextError],
  ['in the error of a refusal', [{ status: 500 }, { bytes: 'x' }, { stall: true }], nextError],
]

// Timers are counted where time is faked: those of Node's own fetch would be counted here.
describe('close() leaves no connection and no rejection', () => {
  it.each(MOMENTS)('%s', async (_, steps, reach) => {
    const server = await createScriptedServer(() => steps)
    const source = new EventSource(server.url)
    await reach(source, server)
    source.close()
    await server.waitForIdle()
    await new Promise((resolve) => setImmediate(resolve))
    expect(server.openAnswers).toBe(0)
    await server.close()
  })
})

it('leaves nothing behind that failed by itself', async () => {
  const server = await createScriptedServer(() => [{ status: 404 }, { bytes: 'x' }, { stall: true }])
  await Promise.all(Array.from({ length: 10 }, () => nextError(new EventSource(server.url))))
  await server.waitForIdle()
  expect(server.requests).toHaveLength(10)
  await server.close()
})
