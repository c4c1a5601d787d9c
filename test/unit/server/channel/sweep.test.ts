import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createChannel } from '../../../../src/server/channel/create-channel.js'
import {
  read as readChannel,
  type Answering,
  type ReadOptions,
  type Reading,
} from '../../../support/channel/reading.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(async () => {
  await pass(1)
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

/** Readers that read, unless told otherwise: who does not is let go in time. */
const read = (channel: Answering, options: ReadOptions = {}): Promise<Reading> =>
  readChannel(channel, { keepsReading: true, ...options })

describe('heartbeats', () => {
  it.each([0, 1, 1000, 3000, 3749, 3751, 9000])(
    'come within 15 s of silence, wherever it began (%i ms after another reader came)',
    async (offset) => {
      const channel = createChannel()
      await read(channel)
      await pass(offset)
      const { comments, events } = await read(channel)
      await pass(11_000)
      // The first is that of every stream.
      expect(comments.length).toBe(1)
      await pass(4_000)
      expect(comments.length).toBe(2)
      for (let n = 3; n <= 6; n++) {
        await pass(15_000)
        expect(comments.length).toBe(n)
      }
      expect(events).toEqual([])
      await channel.close()
    },
  )

  it('are skipped for connections written to lately', async () => {
    const channel = createChannel({ heartbeat: 1000, topics: (_, { url }) => url.pathname })
    const busy = await read(channel, { url: 'http://localhost/busy' })
    const silent = await read(channel, { url: 'http://localhost/silent' })
    for (let n = 0; n < 20; n++) {
      await channel.publish('e', n, { topic: '/busy' })
      await pass(500)
    }
    await channel.close()
    await busy.end()
    await silent.end()
    expect(busy.comments.length).toBe(1)
    expect(silent.comments.length).toBeGreaterThanOrEqual(10)
  })

  it('move the position of readers whose topics are silent', async () => {
    const channel = createChannel({ heartbeat: 1000, history: { size: 2 }, topics: () => 'silent' })
    const reading = await read(channel)
    for (let n = 0; n < 10; n++) await channel.publish('e', n, { topic: 'busy' })
    const last = await channel.publish('e', 10, { topic: 'busy' })
    await pass(1000)
    expect(reading.lastEventId).toBe(last)
    await channel.publish('e', 'mine', { topic: 'silent' })
    const again = await read(channel, { lastEventId: last })
    await pass(1)
    expect(again.events.map(({ data }) => data)).toEqual(['mine'])
    await channel.close()
  })

  it('do not move it past what is yet to be written', async () => {
    const channel = createChannel({ heartbeat: 1000, flush: 5000 })
    const reading = await read(channel)
    await pass(1)
    const position = reading.lastEventId
    const id = await channel.publish('e', 'late')
    await pass(4000)
    expect(reading.comments.length).toBeGreaterThan(3)
    expect([reading.lastEventId, reading.events]).toEqual([position, []])
    await pass(2000)
    expect([reading.lastEventId, reading.events.length]).toEqual([id, 1])
    await channel.close()
  })

  it('are none where the option is 0', async () => {
    const channel = createChannel({ heartbeat: 0 })
    const reading = await read(channel)
    await pass(600_000)
    await channel.close()
    await reading.end()
    expect(reading.comments.length).toBe(1)
  })

  it('take one timer, whatever the number of readers, and none without', async () => {
    const channel = createChannel()
    expect(vi.getTimerCount()).toBe(0)
    await channel.publish('e', 1)
    expect(vi.getTimerCount()).toBe(0)
    const readings = await Promise.all(Array.from({ length: 50 }, () => read(channel)))
    await pass(1)
    expect(vi.getTimerCount()).toBe(1)
    await pass(100_000)
    expect(vi.getTimerCount()).toBe(1)
    for (const reading of readings) await reading.cancel()
    await pass(1)
    expect(vi.getTimerCount()).toBe(0)
    await read(channel)
    await pass(1)
    expect(vi.getTimerCount()).toBe(1)
    await channel.close()
  })
})

describe('maxAge', () => {
  it('ends connections, spread over the last quarter of it, and their readers resume', async () => {
    const ends: number[] = []
    const channel = createChannel({
      maxAge: 60_000,
      heartbeat: 1000,
      metrics: { close: (reason) => void (reason === 'rotated' && ends.push(performance.now())) },
    })
    const readings = await Promise.all(Array.from({ length: 100 }, () => read(channel)))
    const began = performance.now()
    for (let n = 0; n < 70; n++) {
      await channel.publish('e', n)
      await pass(1000)
    }
    await Promise.all(readings.map((reading) => reading.end()))
    expect(ends.length).toBe(100)
    expect(Math.min(...ends) - began).toBeGreaterThanOrEqual(44_000)
    expect(Math.max(...ends) - began).toBeLessThanOrEqual(60_000)
    expect(new Set(ends.map((end) => Math.round((end - began) / 1000))).size).toBeGreaterThan(8)

    const [first] = readings
    const seen = first!.events.length
    expect(first!.events.map(({ data }) => Number(data))).toEqual(Array.from({ length: seen }, (_, n) => n))
    const again = await read(channel, { lastEventId: first!.lastEventId })
    await pass(1)
    expect(Number(again.events[0]!.data)).toBe(seen)
    await channel.close()
  })

  it.each([200, 1000, 60_000])('spreads the ends where it is the shortest of the times too (%i)', async (maxAge) => {
    const ends: number[] = []
    const channel = createChannel({ maxAge, metrics: { close: () => void ends.push(performance.now()) } })
    await Promise.all(Array.from({ length: 100 }, () => read(channel)))
    const began = performance.now()
    await pass(maxAge * 0.74)
    expect(ends.length).toBe(0)
    await pass(maxAge * 0.26)
    expect(ends.length).toBe(100)
    expect(new Set(ends.map((end) => Math.round(end - began))).size).toBeGreaterThanOrEqual(6)
    await channel.close()
  })

  it('is off by default', async () => {
    const channel = createChannel()
    await read(channel)
    await pass(24 * 3600 * 1000)
    expect(channel.connections).toBe(1)
    await channel.close()
  })
})

describe('close', () => {
  it('refuses newcomers with a 503 and Retry-After', async () => {
    const channel = createChannel({ retryJitter: 0 })
    await read(channel)
    const closed = channel.close({ drain: 1000 })
    const refused = await channel.fetch(new Request('http://localhost/'))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '11'])
    await pass(1000)
    await closed
    expect((await channel.fetch(new Request('http://localhost/'))).status).toBe(503)
  })

  it('spreads the goodbyes over `drain` milliseconds', async () => {
    const ends: number[] = []
    const channel = createChannel({ metrics: { close: () => void ends.push(performance.now()) } })
    const readings = await Promise.all(Array.from({ length: 100 }, () => read(channel)))
    const began = performance.now()
    let isClosed = false
    const closed = channel.close({ drain: 10_000 }).then(() => (isClosed = true))
    for (const part of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      await pass(1000)
      expect(Math.abs(ends.length - part * 10)).toBeLessThanOrEqual(3)
      expect(isClosed).toBe(false)
    }
    await pass(1000)
    await closed
    expect(ends.length).toBe(100)
    expect(Math.max(...ends) - began).toBeLessThanOrEqual(10_000)
    for (const reading of readings) await reading.end()
  })

  it('needs no clock but its timers', async () => {
    const channel = createChannel()
    const readings = await Promise.all([read(channel), read(channel)])
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0)
    const closed = channel.close({ drain: 1000 })
    await pass(1000)
    await closed
    clock.mockRestore()
    for (const reading of readings) await reading.end()
  })

  it('goes on publishing to those who are still there', async () => {
    const channel = createChannel()
    const readings = await Promise.all(Array.from({ length: 10 }, () => read(channel)))
    const closed = channel.close({ drain: 1000 })
    await pass(500)
    await channel.publish('e', 'late')
    await pass(500)
    await closed
    for (const reading of readings) await reading.end()
    const got = readings.filter(({ events }) => events.length === 1).length
    expect(got).toBeGreaterThanOrEqual(4)
    expect(got).toBeLessThanOrEqual(6)
  })

  it('sends what was published before', async () => {
    const channel = createChannel({ flush: 5000 })
    const reading = await read(channel)
    void channel.publish('e', 'last words')
    await channel.close()
    await reading.end()
    expect(reading.events.map(({ data }) => data)).toEqual(['last words'])
  })

  it('may be asked for more than once', async () => {
    const channel = createChannel()
    await read(channel)
    const closed = [channel.close({ drain: 100 }), channel.close(), channel.close({ drain: 1_000_000 })]
    await pass(100)
    await Promise.all(closed)
    await channel.close()
  })

  it('is done at once where nobody is there', async () => {
    await createChannel().close({ drain: 60_000 })
  })

  it('is done as soon as the last has left by itself', async () => {
    const channel = createChannel()
    const readings = await Promise.all([read(channel), read(channel)])
    const closed = channel.close({ drain: 60_000 })
    for (const reading of readings) await reading.cancel()
    await closed
  })

  it('closes the transport', async () => {
    let count = 0
    const transport = {
      publish: () => 'id',
      subscribe: () => {},
      has: () => true as const,
      range: () => undefined,
      compare: () => 0,
      close: () => void count++,
    }
    const channel = createChannel({ transport })
    await channel.close()
    expect(count).toBe(1)
  })
})
