import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { clampHint, parseRetryAfter } from '../../../src/client/backoff.js'
import { backoffDelay } from '../../../src/wire/backoff.js'

const schedule = { base: 1000, max: 30_000, factor: 2, jitter: 0.5 }

describe('backoffDelay', () => {
  it('grows with each attempt that brought nothing, up to max', () => {
    const delays = [0, 1, 2, 3, 4, 5, 6, 7].map((failures) => backoffDelay(schedule, failures, 0))
    expect(delays).toEqual([1000, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  it('draws the jitter from below', () => {
    expect(backoffDelay(schedule, 1, 1)).toBe(500)
    expect(backoffDelay(schedule, 1, 0.5)).toBe(750)
    expect(backoffDelay({ ...schedule, jitter: 0 }, 1, 0.9)).toBe(1000)
    expect(backoffDelay({ ...schedule, jitter: 1 }, 1, 1)).toBe(0)
  })

  it('keeps a base above max', () => {
    expect([1, 2, 9].map((failures) => backoffDelay({ ...schedule, base: 60_000 }, failures, 0))).toEqual([
      60_000, 60_000, 60_000,
    ])
  })

  it('grows from a base of 0', () => {
    expect([0, 1, 2, 3, 4].map((failures) => backoffDelay({ ...schedule, base: 0 }, failures, 0))).toEqual([
      0, 0, 2, 4, 8,
    ])
  })

  test.prop({
    base: fc.nat(2 ** 31 - 1),
    max: fc.nat(2 ** 31 - 1),
    factor: fc.double({ min: 1, max: 10, noNaN: true }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    failures: fc.nat(10_000),
    random: fc.double({ min: 0, max: 1, noNaN: true }),
  })('is always a delay that a timer can keep, within its bounds', ({ base, failures, random, ...rest }) => {
    const delay = backoffDelay({ ...rest, base }, failures, random)
    expect(delay).toBeGreaterThanOrEqual(Math.floor(base * (1 - rest.jitter)))
    expect(delay).toBeLessThanOrEqual(Math.max(base, rest.max))
    expect(delay).toBeLessThanOrEqual(2 ** 31 - 1)
  })
})

describe('clampHint', () => {
  it.each([
    [0, 50],
    [70, 70],
    [99_999_999_999, 1000],
    [Infinity, 1000],
  ])('%d becomes %d', (asked, given) => expect(clampHint(asked, { min: 50, max: 1000 })).toBe(given))
})

describe('parseRetryAfter', () => {
  const now = Date.UTC(1994, 10, 6, 8, 49, 7)

  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 30_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 30_000],
    ['Sun Nov  6 08:49:37 1994', 30_000],
    ['Sun, 06 Nov 1994 08:49:00 GMT', 0],
  ])('%s', (value, ms) => expect(parseRetryAfter(value, now)).toBe(ms))

  it.each([null, '', 'soon', '-5', '1.5', '1e3', ' ', '0x10', '+1'])('%j is neither', (value) =>
    expect(parseRetryAfter(value, now)).toBeUndefined(),
  )
})
