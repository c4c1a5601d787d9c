import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareStreamIds, idBefore, isStreamId, timeOf } from '../../../src/redis/stream-id.js'

const LARGEST = 2n ** 64n - 1n
const part = fc.oneof(
  fc.bigInt({ min: 0n, max: 20n }),
  fc.bigInt({ min: 2n ** 53n - 5n, max: 2n ** 53n + 5n }),
  fc.bigInt({ min: LARGEST - 5n, max: LARGEST }),
  fc.bigInt({ min: 0n, max: LARGEST }),
)
const parts = fc.tuple(part, part)
const text = ([time, sequence]: readonly [bigint, bigint]): string => `${time}-${sequence}`

describe('ids of a stream', () => {
  it('are two numbers of 64 bits', () => {
    fc.assert(fc.property(parts, (id) => isStreamId(text(id))))
    for (const other of ['', '-', '1', '1-', '-1', '1-2-3', '01-1', '1-01', ' 1-1', '1-1\n', '+1-1', '1.0-1', '１-1']) {
      expect(isStreamId(other), other).toBe(false)
    }
    expect(isStreamId(`${LARGEST + 1n}-0`)).toBe(false)
    expect(isStreamId(`0-${LARGEST + 1n}`)).toBe(false)
  })

  it('have the order of the numbers, which do not fit a number of JavaScript', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const byTime = a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
        const expected = byTime || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0)
        expect(Math.sign(compareStreamIds(text(a), text(b)))).toBe(expected)
      }),
    )
  })

  it('have one right before', () => {
    fc.assert(
      fc.property(parts, ([time, sequence]) => {
        fc.pre(time > 0n || sequence > 0n)
        const before = idBefore(text([time, sequence]))
        expect(isStreamId(before)).toBe(true)
        const [t, s] = before.split('-').map(BigInt) as [bigint, bigint]
        expect(t * (LARGEST + 1n) + s + 1n).toBe(time * (LARGEST + 1n) + sequence)
      }),
    )
  })

  it('say when', () => {
    expect(timeOf('1700000000000-12')).toBe(1_700_000_000_000)
  })
})
