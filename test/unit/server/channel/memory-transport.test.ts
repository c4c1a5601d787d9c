import { describe, expect, it } from 'vitest'
import { createMemoryTransport } from '../../../../src/server/channel/memory-transport.js'
import { transportSuite } from '../../../../src/testing/suites/transport/transport-suite.js'
import type { HistoryLimits, Transport } from '../../../../src/server/channel/transport.js'
import { message } from '../../../../src/testing/suites/transport/transport-trial.js'

const now = (): number => 0

describe('keeps the contract of a transport', () => {
  let epoch = 0
  const open = (limits: HistoryLimits): Transport => createMemoryTransport(limits, now, `e${epoch++}`)
  for (const { name, run, skip } of transportSuite({ open }, { timeout: 20_000 }).cases) {
    if (skip === undefined) it(name, run)
  }
})

const LIMITS = { size: 2, maxAge: 1000, maxBytes: 10_000 }

it('counts from 1 in each epoch', () => {
  const transport = createMemoryTransport(LIMITS, now, 'e1')
  expect(transport.publish(message(1))).toBe('e1-1')
  expect(transport.publish(message(2, { ephemeral: true }))).toBe('e1-2')
  expect(transport.publish(message(3))).toBe('e1-3')
})

it('compares sequences as numbers', () => {
  const transport = createMemoryTransport(LIMITS, now, 'e1')
  for (let n = 0; n < 10; n++) void transport.publish(message(n))
  expect(transport.compare('e1-10', 'e1-11'), 'one that was never given').toBe(NaN)
  expect(transport.compare('e1-9', 'e1-10')).toBeLessThan(0)
  expect(transport.compare('e1-10', 'e1-9')).toBeGreaterThan(0)
  expect(transport.compare('e1-10', 'e1-10')).toBe(0)
})

it.each([
  ['e1-0', 'expired'],
  ['e1-1', 'expired'],
  ['e1-2', true],
  ['e1-4', true],
  ['e1-5', 'unknown'],
  ['e1-04', 'unknown'],
  ['e1-4.0', 'unknown'],
  ['e1-', 'unknown'],
  ['e1', 'unknown'],
  ['4', 'unknown'],
  ['E1-4', 'unknown'],
  ['e2-4', 'epoch'],
  ['e2-999999', 'epoch'],
  ['e1-99999999999999999', 'unknown'],
])('has %j: %j, after four entries of which it holds two', (id, held) => {
  const transport = createMemoryTransport(LIMITS, now, 'e1')
  for (let n = 1; n <= 4; n++) void transport.publish(message(n))
  expect(transport.has(id)).toBe(held)
})

it('publishes nothing where the entry cannot be written', () => {
  const transport = createMemoryTransport(LIMITS, now, 'e1')
  expect(() => transport.publish({ event: 'a\nb', data: '', json: false })).toThrow(TypeError)
  expect(transport.publish(message(1))).toBe('e1-1')
})
