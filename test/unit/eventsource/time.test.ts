import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { EventSource } from '../../../src/eventsource/event-source.js'
import type { EventSourceInit } from '../../../src/eventsource/types.js'
import type { Step } from '../../../src/testing/script/steps.js'
import { scriptedResponse } from '../../../src/testing/scripted-response.js'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** The times of the requests, in milliseconds since the first, as far as `until`. Each answer ends at once; one without steps is no answer. */
async function requestTimes(
  answer: (number: number) => Step[],
  until: number,
  init?: EventSourceInit,
): Promise<number[]> {
  const times: number[] = []
  const start = Date.now()
  const fetch = async (): Promise<Response> => {
    times.push(Date.now() - start)
    const steps = answer(times.length)
    if (steps.length === 0) throw new TypeError('unreachable')
    return scriptedResponse(steps)
  }
  const source = new EventSource('http://example.com/', { fetch, ...init })
  await vi.advanceTimersByTimeAsync(until)
  source.close()
  expect(vi.getTimerCount()).toBe(0)
  return times
}

it('reconnects after 3 seconds, each time', async () => {
  const times = await requestTimes(() => [{ event: { data: 'a' } }], 10_000)
  expect(times.map((time) => Math.round(time / 100) / 10)).toEqual([0, 3, 6, 9])
})

it('waits longer and longer for a server that brings nothing', async () => {
  const times = await requestTimes(() => [], 100_000)
  expect(times.map((time) => Math.round(time / 1000))).toEqual([0, 3, 9, 21, 45, 75])
})

it('takes retry: at its word, from 50 ms up to what a timer can keep', async () => {
  const retry = (ms: string): Promise<number[]> => {
    return requestTimes(() => [{ bytes: `retry: ${ms}\ndata: a\n\n` }], 260)
  }
  expect((await retry('100')).map((time) => Math.round(time / 20) * 20)).toEqual([0, 100, 200])
  expect((await retry('0')).length).toBeLessThanOrEqual(6)
  expect(await retry('99999999999')).toEqual([0])
})

it('keeps the timer of a huge retry within what a timer can keep', async () => {
  const set = vi.spyOn(globalThis, 'setTimeout')
  await requestTimes(() => [{ bytes: 'retry: 99999999999999999999\ndata: a\n\n' }], 100)
  const delays = set.mock.calls.map(([, delay]) => delay ?? 0)
  expect(Math.max(...delays)).toBe(2 ** 31 - 1)
  set.mockRestore()
})
