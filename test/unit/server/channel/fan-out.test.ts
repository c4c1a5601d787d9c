import { describe, expect, it } from 'vitest'
import { createChannel } from '../../../../src/server/channel/create-channel.js'
import { read } from '../../../support/channel/reading.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('all that is due in a tick', () => {
  it('is one write for each connection', async () => {
    const channel = createChannel()
    const readings = await Promise.all([1, 2, 3].map(() => read(channel)))
    for (const reading of readings) await reading.until(() => reading.lastEventId !== '')
    const before = readings.map(({ chunks }) => chunks.length)
    for (let n = 1; n <= 8; n++) void channel.publish('e', n)
    for (const [i, reading] of readings.entries()) {
      expect(await reading.data(8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
      expect(reading.chunks.length).toBe(before[i]! + 1)
    }
    await channel.close()
  })

  it('is one write also where each publish is awaited', async () => {
    const channel = createChannel()
    const reading = await read(channel)
    await reading.until(() => reading.lastEventId !== '')
    const before = reading.chunks.length
    for (let n = 1; n <= 8; n++) await channel.publish('e', n)
    await reading.data(8)
    expect(reading.chunks.length).toBe(before + 1)
    await channel.close()
  })

  it('is the same bytes for readers that get the same', async () => {
    const channel = createChannel({ topics: (_, { url }) => url.searchParams.getAll('topic') })
    const bodies = await Promise.all(
      ['a', 'a', 'b'].map(async (topic) => {
        const response = await channel.fetch(new Request(`http://localhost/?topic=${topic}`))
        const body = response.body!.getReader()
        // What each begins with: the reconnection time, its position.
        for (const begin of [':', 'id']) {
          const { value } = await body.read()
          expect(new TextDecoder().decode(value as Uint8Array)).toMatch(begin)
        }
        return body
      }),
    )
    const reads = bodies.map((body) => body.read())
    void channel.publish('e', 1, { topic: 'a' })
    void channel.publish('e', 2)
    const chunks = (await Promise.all(reads)).map(({ value }) => value as Uint8Array)
    expect(chunks[0]!.buffer === chunks[1]!.buffer && chunks[0]!.byteOffset === chunks[1]!.byteOffset).toBe(true)
    expect(chunks[2]!.byteLength).toBeLessThan(chunks[0]!.byteLength)
    await channel.close()
  })

  it('goes out in the next turn, or after `flush` milliseconds', async () => {
    const channel = createChannel({ flush: 300 })
    const reading = await read(channel)
    await reading.until(() => reading.lastEventId !== '')
    const before = reading.chunks.length
    const start = performance.now()
    void channel.publish('e', 1)
    await turn()
    await turn()
    void channel.publish('e', 2)
    await reading.data(2)
    expect(reading.chunks.length).toBe(before + 1)
    expect(performance.now() - start).toBeGreaterThan(290)
    await channel.close()
  })
})

describe('publishing faster than anybody reads', () => {
  it('waits for the event loop now and then, so that readers who read are not lost', async () => {
    const evicted: string[] = []
    const channel = createChannel({
      slow: { maxBytes: 200_000 },
      metrics: { evicted: (policy) => void evicted.push(policy) },
    })
    const reading = await read(channel)
    const all = reading.data(2000)
    const pad = 'x'.repeat(1000)
    for (let n = 0; n < 2000; n++) await channel.publish('e', { n, pad })
    expect(((await all) as { n: number }[]).map(({ n }) => n)).toEqual(Array.from({ length: 2000 }, (_, n) => n))
    expect(evicted).toEqual([])
    await channel.close()
  })

  it('without waiting lets readers go instead of holding it all', async () => {
    const reasons: string[] = []
    const channel = createChannel({
      slow: { maxBytes: 50_000 },
      metrics: { close: (reason) => void reasons.push(reason) },
    })
    await read(channel)
    const pad = 'x'.repeat(1000)
    for (let n = 0; n < 500; n++) void channel.publish('e', { n, pad })
    // Not even a turn of the event loop has passed.
    expect(reasons).toEqual(['slow'])
    await channel.close()
  })
})

describe('more readers than are visited in one turn', () => {
  it('all get all events in order, also those that come and go meanwhile', async () => {
    const channel = createChannel()
    const many = await Promise.all(Array.from({ length: 4500 }, () => read(channel)))
    void channel.publish('e', 1)
    await turn()
    const late = await read(channel)
    await many.splice(100, 1)[0]!.cancel()
    await many.splice(3900, 1)[0]!.cancel()
    void channel.publish('e', 2)
    await turn()
    void channel.publish('e', 3)
    for (const reading of many) expect(await reading.data(3)).toEqual([1, 2, 3])
    expect(await late.data(2)).toEqual([2, 3])
    expect(channel.connections).toBe(4499)
    await channel.close()
    expect(channel.connections).toBe(0)
  })
})

describe('metrics', () => {
  it('count what happens', async () => {
    const calls: unknown[][] = []
    const ids: string[] = []
    /** Readers by the order they came in. */
    const known = (value: unknown): unknown => {
      const { id } = value as { id?: string }
      if (id === undefined) return value
      if (!ids.includes(id)) ids.push(id)
      return `reader ${ids.indexOf(id) + 1}`
    }
    const channel = createChannel({
      metrics: {
        open: (...all) => void calls.push(['open', ...all.map(known)]),
        close: (...all) => void calls.push(['close', ...all.map(known)]),
        sent: (...all) => void calls.push(['sent', ...all.map(known)]),
        evicted: (...all) => void calls.push(['evicted', ...all]),
      },
    })
    const reading = await read(channel)
    const start = await channel.publish('e', 1)
    void channel.publish('e', 2)
    await reading.data(2)
    const again = await read(channel, { lastEventId: start })
    await again.data(1)
    await reading.cancel()
    await channel.close()
    const bytes = (n: number): number => `event: e\nid: ${start}\ndata: ${n}\n\n`.length
    expect(calls).toEqual([
      ['open', 'reader 1'],
      ['sent', 2, bytes(1) + bytes(2), 'reader 1'],
      ['open', 'reader 2'],
      ['sent', 1, bytes(2), 'reader 2'],
      ['close', 'disconnected', 'reader 1'],
      ['close', 'closed', 'reader 2'],
    ])
  })

  it.each<[string, () => unknown]>([
    [
      'throw',
      () => {
        throw new Error('metrics')
      },
    ],
    ['reject', () => Promise.reject(new Error('metrics'))],
  ])('that %s are reported and change nothing', async (_, hook) => {
    const errors: unknown[] = []
    const metrics = { open: hook, close: hook, sent: hook, evicted: hook } as object
    const channel = createChannel({ metrics, onError: (error) => void errors.push(error) })
    const reading = await read(channel)
    await channel.publish('e', 1)
    expect(await reading.data(1)).toEqual([1])
    await channel.close()
    await reading.end()
    await turn()
    expect(errors.length).toBe(3)
  })

  it('are called as methods', async () => {
    class Counter {
      count = 0
      open(): void {
        this.count++
      }
    }
    const metrics = new Counter()
    const channel = createChannel({ metrics: { open: () => metrics.open() } })
    await read(channel)
    expect(metrics.count).toBe(1)
    await channel.close()
  })
})

describe('onError', () => {
  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('onError')
      },
    ],
    ['rejects', () => Promise.reject(new Error('onError'))],
  ])('that %s harms nobody', async (_, onError) => {
    const seen: unknown[] = []
    const { error } = console
    console.error = (...all) => void seen.push(...all)
    try {
      const channel = createChannel({
        onError: onError as () => void,
        authorize: () => {
          throw new Error('authorize')
        },
      })
      expect((await channel.fetch(new Request('http://localhost/'))).status).toBe(503)
      await turn()
      expect(seen).toEqual([expect.objectContaining({ message: 'onError' })])
    } finally {
      console.error = error
    }
  })
})
