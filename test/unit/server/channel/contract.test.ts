import { afterEach, describe, expect, it, vi } from 'vitest'
import { createChannel } from '../../../../src/server/channel/create-channel.js'
import { createEntry } from '../../../../src/server/channel/entry.js'
import type { Subscriber, Transport } from '../../../../src/server/channel/transport.js'
import { read } from '../../../support/channel/reading.js'

const URL = 'http://localhost/'
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

afterEach(() => vi.useRealTimers())

describe('setTopics in the middle of a replay', () => {
  it('counts for what is published from then on; what came before is given by the topics of before', async () => {
    const data = 'x'.repeat(20_000)
    const channel = createChannel({ topics: () => 'a', filter: () => true })
    const start = await channel.publish('e', 'start', { topic: 'nobody' })
    for (let n = 0; n < 20; n++)
      await channel.publish('e', `${n % 2 ? 'b' : 'a'}${n} ${data}`, { topic: n % 2 ? 'b' : 'a' })
    const reading = await read(channel, { lastEventId: start })
    await reading.data(1)
    const [reader] = channel.readers
    expect((reader as unknown as { phase: { kind: string } }).phase.kind).toBe('catching-up')
    reader!.setTopics(['b'])
    void channel.publish('e', 'a late', { topic: 'a' })
    void channel.publish('e', 'b late', { topic: 'b' })
    const all = (await reading.data(11)).map((each) => String(each).split(' x')[0])
    expect(all).toEqual([...Array.from({ length: 10 }, (_, n) => `a${2 * n}`), 'b late'])
    await channel.close()
  })
})

describe('positionEvent', () => {
  it('names the event that carries a position, for readers that drop an id without data', async () => {
    const channel = createChannel({ positionEvent: 'position', retry: 1000, retryJitter: 0 })
    const reading = await read(channel)
    await reading.data(1)
    expect(reading.events).toEqual([{ event: 'position', data: '', id: reading.lastEventId, retry: undefined }])
    expect(reading.text).toBe(`:\nretry: 1000\nevent: position\ndata: \nid: ${reading.lastEventId}\n\n`)
    await channel.publish('e', 1)
    const again = await read(channel, { lastEventId: reading.lastEventId })
    expect(await again.data(1)).toEqual([1])
    await channel.close()
  })
})

describe('greeting', () => {
  it.each([
    [true, /^:\nretry: 1000\nid: \S+\n\n$/],
    [false, /^retry: 1000\nid: \S+\n\n$/],
  ])('%s: the first block', async (greeting, expected) => {
    const channel = createChannel({ greeting, retry: 1000, retryJitter: 0 })
    const reading = await read(channel)
    await reading.until(() => reading.lastEventId !== '')
    expect(reading.text).toMatch(expected)
    await channel.close()
  })
})

describe('cors.origin as a function', () => {
  it('is asked at each request; only true is a yes, and what it throws is told and a no', async () => {
    const errors: unknown[] = []
    const asked: string[] = []
    const channel = createChannel({
      cors: {
        origin(origin, request) {
          asked.push(`${request.method} ${origin}`)
          if (origin.includes('throws')) throw new Error('hook')
          if (origin.includes('promise')) return Promise.resolve(true) as never
          return origin === 'https://good.example'
        },
        credentials: true,
      },
      onError: (error) => void errors.push(error),
    })
    const ask = async (method: string, name: string): Promise<unknown[]> => {
      const request = new Request(URL, { method, headers: { origin: `https://${name}.example` } })
      const { headers, body } = await channel.fetch(request)
      await body?.cancel()
      return ['access-control-allow-origin', 'access-control-allow-credentials', 'vary'].map((each) =>
        headers.get(each),
      )
    }
    for (const method of ['OPTIONS', 'GET', 'HEAD', 'DELETE']) {
      expect(await ask(method, 'good')).toEqual(['https://good.example', 'true', 'origin'])
      for (const name of ['bad', 'throws', 'promise']) expect(await ask(method, name)).toEqual([null, null, 'origin'])
    }
    expect(new Set(asked).size).toBe(16)
    expect(errors.length).toBeGreaterThanOrEqual(4)
    expect(channel.connections).toBe(0)
    await channel.close()
  })
})

describe('a timer that the host dropped', () => {
  it('is made up for at the next publish', async () => {
    vi.useFakeTimers()
    const channel = createChannel({ heartbeat: 1000 })
    const reading = await read(channel, { keepsReading: true })
    await vi.advanceTimersByTimeAsync(1)
    const [before] = [reading.comments.length]
    // A Worker drops the timers of a request that is over; the clock goes on.
    vi.clearAllTimers()
    await vi.advanceTimersByTimeAsync(10_000)
    expect([vi.getTimerCount(), reading.comments.length]).toEqual([0, before])
    void channel.publish('e', 1)
    expect(vi.getTimerCount()).toBeGreaterThan(0)
    await vi.advanceTimersByTimeAsync(3000)
    expect(reading.comments.length).toBeGreaterThan(before)
    await channel.close()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a reader that saw more elsewhere than was delivered here', () => {
  const setUp = (): { transport: Transport; deliver: (id: number) => void; has: string[] } => {
    let to: Subscriber | undefined
    const held: number[] = []
    const has: string[] = []
    const transport: Transport = {
      publish: () => '0',
      subscribe: (subscriber) => {
        to = subscriber
        subscriber.onReset('5')
      },
      has: (id) => {
        has.push(id)
        return Number(id) > 5 && Number(id) !== 8 ? 'unknown' : true
      },
      range: (_, upTo) => ({ entries: [], position: upTo }),
      compare: (a, b) => Number(a) - Number(b),
      close: () => {},
    }
    const deliver = (id: number): void => {
      held.push(id)
      to!.onEntry(createEntry(String(id), { event: 'e', data: String(id), json: true }))
    }
    return { transport, deliver, has }
  }

  it('that is held gets nothing twice and no gap', async () => {
    const { transport, deliver } = setUp()
    const channel = createChannel({ transport })
    const reading = await read(channel, { lastEventId: '8' })
    for (let n = 6; n <= 9; n++) {
      await turn()
      deliver(n)
    }
    expect(await reading.data(1)).toEqual([9])
    await channel.close()
  })

  it('that is unknown is told the gap only past its own place', async () => {
    const { transport, deliver } = setUp()
    const channel = createChannel({ transport })
    const reading = await read(channel, { lastEventId: '7' })
    deliver(6)
    for (let n = 0; n < 5; n++) await turn()
    expect(reading.events).toEqual([])
    deliver(7)
    await reading.data(1)
    expect(reading.events[0]).toMatchObject({ event: 'reset', id: '7' })
    deliver(8)
    expect((await reading.data(2))[1]).toBe(8)
    await channel.close()
  })
})
