import { describe, expect, it } from 'vitest'
import { createChannel, type Channel } from '../../../../src/server/channel/create-channel.js'
import type { ChannelOptions } from '../../../../src/server/channel/channel-options.js'
import { read, type Reading } from '../../../support/channel/reading.js'

const PAD = 'x'.repeat(200)
const MAX_BYTES = 2000

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

type Slow = NonNullable<ChannelOptions<object, unknown>['slow']>

interface Setting {
  channel: Channel
  reading: Reading
  /** What the metrics were told. */
  told: string[]
  publish(n: number | string, key?: string): Promise<string>
}

/** A channel with a reader that has read its position, and then stops reading. */
async function start(slow: Slow, more: object = {}): Promise<Setting> {
  const told: string[] = []
  const channel = createChannel({
    slow: { maxBytes: MAX_BYTES, ...slow },
    metrics: {
      evicted: (policy) => void told.push(`evicted ${policy}`),
      close: (reason) => void told.push(`close ${reason}`),
    },
    ...more,
  })
  const reading = await read(channel)
  await reading.until(() => reading.lastEventId !== '')
  return {
    channel,
    reading,
    told,
    async publish(n, key) {
      const id = await channel.publish('e', { n, pad: PAD }, { conflateKey: key })
      await turn()
      return id
    },
  }
}

const numbers = (reading: Reading): unknown[] =>
  reading.events.map(({ event, data }) => (event === 'e' ? (JSON.parse(data) as { n: unknown }).n : event))

describe('a reader with more than maxBytes waiting', () => {
  it('is disconnected, and resumes without loss', async () => {
    const { channel, reading, told, publish } = await start({})
    const { lastEventId } = reading
    for (let n = 1; n <= 30; n++) await publish(n)
    expect(told).toEqual(['evicted disconnect', 'close slow'])
    expect(channel.connections).toBe(0)
    await expect(reading.end()).rejects.toThrow()
    const again = await read(channel, { lastEventId })
    await again.data(30)
    expect(numbers(again)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    await channel.close()
  })

  it('does not hold up the others', async () => {
    const { channel, publish } = await start({})
    const good = await read(channel)
    const all = good.data(30)
    for (let n = 1; n <= 30; n++) await publish(n)
    await all
    await channel.close()
  })

  it('is one with much waiting, not one that is sent much', async () => {
    const { channel, reading, told } = await start({})
    const next = reading.data(1)
    await channel.publish('e', 'x'.repeat(10 * MAX_BYTES))
    await next
    expect(told).toEqual([])
    await channel.close()
  })

  it('skips under `drop` what does not fit, and is told so once it has read', async () => {
    const { channel, reading, told, publish } = await start(
      { policy: 'drop' },
      { snapshot: () => ({ event: 'state', data: 's' }) },
    )
    for (let n = 1; n <= 20; n++) await publish(n)
    const last = await publish(21)
    expect(told).toEqual(['evicted drop'])
    await reading.until(() => reading.events.some(({ event }) => event === 'reset'))
    const gap = reading.events.find(({ event }) => event === 'reset')!
    expect(gap.id).toBe(last)
    expect(JSON.parse(gap.data)).toEqual({ reason: 'slow', requested: '' })
    await reading.until(() => reading.lastEventId === last)
    await publish(22)
    await reading.until(() => numbers(reading).includes(22))
    const seen = numbers(reading).slice(1)
    const kept = seen.indexOf('reset')
    expect(kept).toBeGreaterThan(3)
    expect(kept).toBeLessThan(12)
    expect(seen).toEqual([...Array.from({ length: kept }, (_, i) => i + 1), 'reset', 'state', 22])
    await channel.close()
  })

  it('gets under `conflate` the newest of each key, in order', async () => {
    const { channel, reading, told, publish } = await start({ policy: 'conflate' })
    for (let n = 1; n <= 9; n++) await publish(n)
    expect(told).toEqual(['evicted conflate'])
    const before = 9
    for (let n = 10; n <= 40; n++) await publish(n, n % 2 ? 'odd' : 'even')
    await publish('alone')
    await publish(41, 'odd')
    await reading.until(() => numbers(reading).includes(41))
    const first = numbers(reading).slice(0, before)
    expect(first).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(numbers(reading).slice(before)).toEqual([40, 'alone', 41])
    await publish(42, 'odd')
    await reading.until(() => numbers(reading).includes(42))
    expect(told).toEqual(['evicted conflate'])
    await channel.close()
  })

  it('keeps keys of other types and topics apart', async () => {
    const { channel, reading, publish } = await start({ policy: 'conflate' })
    for (let n = 1; n <= 9; n++) await publish(n)
    await channel.publish('a', 1, { conflateKey: 'k' })
    await channel.publish('b', 2, { conflateKey: 'k' })
    await channel.publish('a', 3, { conflateKey: 'k', topic: 't' })
    await channel.publish('a', 4, { conflateKey: 'k' })
    await turn()
    await reading.until(() => reading.events.length >= 12)
    expect(reading.events.slice(9).map(({ event, data }) => event + data)).toEqual(['b2', 'a3', 'a4'])
    await channel.close()
  })

  it('is disconnected under `conflate` where what is held grows past the limit too', async () => {
    const { channel, told, publish } = await start({ policy: 'conflate' })
    for (let n = 1; n <= 30; n++) await publish(n)
    expect(told).toEqual(['evicted conflate', 'evicted disconnect', 'close slow'])
    expect(channel.connections).toBe(0)
    await channel.close()
  })
})

describe('a reader that takes nothing for `stall` milliseconds', () => {
  it.each(['disconnect', 'drop', 'conflate'] as const)('is disconnected under %s', async (policy) => {
    const { channel, told, publish } = await start({ policy, stall: 40, maxBytes: 1_000_000 })
    await publish(1)
    expect(told).toEqual([])
    const began = performance.now()
    while (told.length === 0 && performance.now() < began + 2000) await turn()
    expect(told).toEqual(['evicted disconnect', 'close slow'])
    expect(performance.now() - began).toBeGreaterThan(25)
    await channel.close()
  })

  it('is not one that takes some now and then', async () => {
    const { channel, reading, told, publish } = await start({ stall: 60, maxBytes: 1_000_000 })
    const began = performance.now()
    for (let n = 1; performance.now() < began + 200; n++) {
      await publish(n)
      await reading.until(() => numbers(reading).includes(n))
      await publish(n + 0.5)
      const wait = performance.now() + 20
      while (performance.now() < wait) await turn()
    }
    expect(told).toEqual([])
    await channel.close()
  })

  it('is not one for which nothing waits', async () => {
    const { channel, told } = await start({ stall: 20 })
    const wait = performance.now() + 80
    while (performance.now() < wait) await turn()
    expect(told).toEqual([])
    await channel.close()
  })
})
