import { describe, expect, it } from 'vitest'
import { createChannel } from '../../../../src/server/channel/create-channel.js'
import { createEntry } from '../../../../src/server/channel/entry.js'
import type { Page, Subscriber, Transport } from '../../../../src/server/channel/transport.js'
import { read } from '../../../support/channel/reading.js'

/** A transport that does as it is told. Ids are numbers. */
class Puppet implements Transport {
  subscriber: Subscriber | undefined
  subscriptions = 0
  last = 0
  hasAnswer: Transport['has'] = () => true
  rangeAnswer: Transport['range'] = () => undefined

  publish = async (): Promise<string> => '0'

  subscribe(subscriber: Subscriber): void {
    this.subscriber = subscriber
    this.subscriptions++
  }

  has: Transport['has'] = (id) => this.hasAnswer(id)
  range: Transport['range'] = (after, upTo) => this.rangeAnswer(after, upTo)
  compare = (a: string, b: string): number => Number(a) - Number(b)
  close(): void {}

  reset(position: number): void {
    this.last = position
    this.subscriber!.onReset(String(position))
  }

  deliver(...ids: number[]): void {
    for (const id of ids) {
      this.last = id
      this.subscriber!.onEntry(entry(id))
    }
  }
}

const entry = (id: number): ReturnType<typeof createEntry> =>
  createEntry(String(id), { event: 'e', data: String(id), json: true })

const pageOf = (...ids: number[]): Page => ({ entries: ids.map(entry), position: String(ids.at(-1)) })

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a channel over a transport', () => {
  it('subscribes once, with the first reader', async () => {
    const transport = new Puppet()
    const channel = createChannel({ transport })
    await channel.publish('e', 1)
    expect(transport.subscriptions).toBe(0)
    await read(channel)
    await read(channel)
    expect(transport.subscriptions).toBe(1)
    await channel.close()
  })

  it('keeps readers waiting until delivery begins; each gets its due then', async () => {
    const transport = new Puppet()
    const channel = createChannel({ transport, retryJitter: 0, snapshot: () => ({ event: 's', data: 'state' }) })
    transport.rangeAnswer = (_, upTo) => pageOf(...[3, 4, 5, 6].filter((id) => id <= Number(upTo)))
    const fresh = await read(channel)
    const resuming = await read(channel, { lastEventId: '2' })
    await fresh.until(() => fresh.text !== '')
    expect(fresh.text).toBe(':\nretry: 2000\n')
    transport.reset(5)
    transport.deliver(6)
    expect(await fresh.data(2)).toEqual(['state', 6])
    expect(await resuming.data(4)).toEqual([3, 4, 5, 6])
    await channel.close()
  })

  // Between the answer and what is done with it there are some turns of promises.
  it.each([1, 2, 3])('a reset %i turns after an id was found ends the replay from there', async (hops) => {
    const transport = new Puppet()
    let state = Promise.resolve({ event: 's', data: 'state' })
    const channel = createChannel({ transport, snapshot: () => state })
    const first = await read(channel)
    transport.reset(5)
    await first.until(() => first.text.includes('data: state'))
    let answer!: (held: true) => void
    const held = new Promise<true>((resolve) => (answer = resolve))
    transport.hasAnswer = () => held
    let give: ((page: Page) => void) | undefined
    transport.rangeAnswer = () => new Promise<Page>((resolve) => (give = resolve))
    const reader = await read(channel, { lastEventId: '2' })
    await turn()
    let show!: (snapshot: { event: string; data: string }) => void
    state = new Promise((resolve) => (show = resolve))
    let later: Promise<unknown> = held
    for (let hop = 1; hop < hops; hop++) later = later.then(() => {})
    void later.then(() => transport.reset(6))
    answer(true)
    await reader.until(() => reader.text.includes('event: reset'))
    give?.(pageOf(3, 4, 5))
    await turn()
    show({ event: 's', data: 'anew' })
    transport.deliver(9)
    await reader.until(() => reader.text.includes('data: 9'))
    expect([...reader.text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data).slice(1)).toEqual(['anew', '9'])
    await channel.close()
  })

  it('replays page by page, and goes on with what came meanwhile', async () => {
    const transport = new Puppet()
    const channel = createChannel({ transport })
    const asked: string[] = []
    const answers: ((page: Page) => void)[] = []
    transport.rangeAnswer = (after, upTo) => {
      asked.push(`${after} to ${upTo}`)
      return new Promise((resolve) => answers.push(resolve))
    }
    await read(channel)
    transport.reset(6)
    const reading = await read(channel, { lastEventId: '1' })
    transport.deliver(7)
    answers.shift()!(pageOf(2, 3))
    await turn()
    transport.deliver(8)
    answers.shift()!({ entries: [], position: '5' })
    await turn()
    transport.deliver(9)
    answers.shift()!(pageOf(6))
    expect(await reading.data(6)).toEqual([2, 3, 6, 7, 8, 9])
    expect(asked).toEqual(['1 to 6', '3 to 6', '5 to 6'])
    await channel.close()
  })

  it('waits with a reader that comes from a process further ahead', async () => {
    const transport = new Puppet()
    const channel = createChannel({ transport })
    transport.rangeAnswer = () => pageOf(12, 13)
    await read(channel)
    transport.reset(8)
    const reading = await read(channel, { lastEventId: '11' })
    transport.deliver(9, 10)
    await turn()
    transport.deliver(11)
    await turn()
    transport.deliver(12)
    expect(await reading.data(1)).toEqual([12])
    await channel.close()
  })

  it('replays what came in the step that took it past such a reader', async () => {
    const transport = new Puppet()
    const channel = createChannel({ transport })
    const asked: string[] = []
    transport.rangeAnswer = (after, upTo) => {
      asked.push(`${after} to ${upTo}`)
      return pageOf(12)
    }
    await read(channel)
    transport.reset(8)
    const reading = await read(channel, { lastEventId: '11' })
    transport.deliver(12, 13)
    expect(await reading.data(2)).toEqual([12, 13])
    expect(asked).toEqual(['11 to 12'])
    await channel.close()
  })

  it('tells all readers when continuity is lost, whatever they are at', async () => {
    const transport = new Puppet()
    let finish: () => void = () => {}
    let isSlow = false
    const channel = createChannel({
      transport,
      snapshot: () => {
        if (isSlow) return new Promise<void>((resolve) => (finish = resolve))
        return { event: 's', data: 'state' }
      },
    })
    const live = await read(channel)
    transport.reset(5)
    await live.data(1)
    transport.rangeAnswer = () => new Promise(() => {})
    const replaying = await read(channel, { lastEventId: '1' })
    const ahead = await read(channel, { lastEventId: '9' })
    isSlow = true
    const preparing = await read(channel)
    isSlow = false
    transport.deliver(6)
    transport.reset(20)
    transport.deliver(21)
    finish()
    for (const reading of [live, replaying, ahead, preparing]) {
      await reading.until(() => reading.events.at(-1)?.data === '21')
      const [gap, state, last] = reading.events.slice(-3)
      expect(gap).toMatchObject({ event: 'reset', id: '20', data: '{"reason":"reset","requested":""}' })
      expect([state!.data, last!.id]).toEqual(['state', '21'])
    }
    await channel.close()
  })

  it('gives the gap event where a page is gone', async () => {
    const transport = new Puppet()
    const channel = createChannel({ transport })
    await read(channel)
    transport.reset(6)
    const pages = [pageOf(2, 3), undefined]
    transport.rangeAnswer = async () => pages.shift()
    const reading = await read(channel, { lastEventId: '1' })
    expect(await reading.data(3)).toEqual([2, 3, { reason: 'expired', requested: '1' }])
    transport.deliver(7)
    expect((await reading.data(4)).at(-1)).toBe(7)
    expect(reading.events[2]!.id).toBe('6')
    await channel.close()
  })

  it('gives it too where a page leads nowhere, rather than ask for ever', async () => {
    const transport = new Puppet()
    const channel = createChannel({ transport })
    await read(channel)
    transport.reset(6)
    transport.rangeAnswer = (after) => ({ entries: [], position: after })
    const reading = await read(channel, { lastEventId: '1' })
    expect(await reading.data(1)).toEqual([{ reason: 'expired', requested: '1' }])
    await channel.close()
  })

  it.each<[string, (transport: Puppet) => void]>([
    ['whether it has an id', (transport) => (transport.hasAnswer = () => Promise.reject(new Error('gone')))],
    ['for a page', (transport) => (transport.rangeAnswer = () => Promise.reject(new Error('gone')))],
  ])('lets a reader go, and reports it, where the transport fails when asked %s', async (_, fail) => {
    const transport = new Puppet()
    const errors: unknown[] = []
    const channel = createChannel({ transport, onError: (error) => void errors.push(error) })
    const other = await read(channel)
    transport.reset(6)
    fail(transport)
    const reading = await read(channel, { lastEventId: '1' })
    await expect(reading.end()).rejects.toThrow()
    expect(errors).toEqual([expect.objectContaining({ message: 'gone' })])
    transport.deliver(7)
    expect(await other.data(1)).toEqual([7])
    await channel.close()
  })

  it('asks no more for a reader that has left', async () => {
    const transport = new Puppet()
    const channel = createChannel({ transport })
    let count = 0
    const answers: ((page: Page) => void)[] = []
    transport.rangeAnswer = () => {
      count++
      return new Promise((resolve) => answers.push(resolve))
    }
    await read(channel)
    transport.reset(6)
    const reading = await read(channel, { lastEventId: '1' })
    await reading.cancel()
    answers.shift()!(pageOf(2, 3))
    await turn()
    expect([count, channel.connections]).toEqual([1, 1])
    await channel.close()
  })

  it('reports what the transport reports', async () => {
    const transport = new Puppet()
    const errors: unknown[] = []
    const channel = createChannel({ transport, onError: (error) => void errors.push(error) })
    await read(channel)
    transport.subscriber!.onError('lost the connection')
    expect(errors).toEqual(['lost the connection'])
    await channel.close()
  })

  it.each<[string, () => string | Promise<string>]>([
    ['rejects', () => Promise.reject(new Error('full'))],
    [
      'throws',
      () => {
        throw new Error('full')
      },
    ],
  ])('rejects with the error of a publish that %s', async (_, publish) => {
    const transport = Object.assign(new Puppet(), { publish })
    const channel = createChannel({ transport })
    await expect(channel.publish('e', 1)).rejects.toThrow('full')
    await channel.close()
  })

  it('gives the transport text, and says whether it stands for something else', async () => {
    const seen: unknown[] = []
    const transport = Object.assign(new Puppet(), {
      publish: (message: unknown) => {
        seen.push(message)
        return 'id'
      },
    })
    const channel = createChannel({ transport })
    expect(await channel.publish('a', { n: 1 }, { topic: 't', conflateKey: 'k', ephemeral: true })).toBe('id')
    await channel.publish('b', '{"n":1}')
    expect(seen).toEqual([
      { event: 'a', data: '{"n":1}', json: true, topic: 't', conflateKey: 'k', ephemeral: true },
      { event: 'b', data: '{"n":1}', json: false },
    ])
    await channel.close()
  })
})
