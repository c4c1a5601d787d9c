import { afterEach, expect, it, vi } from 'vitest'
import type { EventSource } from '../../../src/eventsource/event-source.js'

const host = globalThis as { EventSource?: unknown }

afterEach(() => {
  delete host.EventSource
  vi.resetModules()
})

it('sets EventSource where there is none, as Web IDL has it', async () => {
  expect('EventSource' in host).toBe(false)
  await import('../../../src/eventsource/polyfill.js')
  const { value, ...flags } = Object.getOwnPropertyDescriptor(globalThis, 'EventSource')!
  expect((value as typeof EventSource).name).toBe('EventSource')
  expect((value as typeof EventSource).OPEN).toBe(1)
  expect(flags).toEqual({ writable: true, enumerable: false, configurable: true })
})

it('leaves one that is there alone', async () => {
  const own = function EventSource(): void {}
  host.EventSource = own
  await import('../../../src/eventsource/polyfill.js')
  expect(host.EventSource).toBe(own)
})
