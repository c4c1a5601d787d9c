import { expect, it } from 'vitest'
import { createChannel } from '../../../../src/server/channel/create-channel.js'
import { createEntry, type Entry } from '../../../../src/server/channel/entry.js'
import type { Page, Subscriber, Transport } from '../../../../src/server/channel/transport.js'
import { read } from '../../../support/channel/reading.js'

/** More than any step takes to be heard. */
const MICROTASKS = 16

const entry = (n: number): Entry => createEntry(String(n), { event: 'n', data: String(n), json: false })
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A transport that answers one kind of question when it is told to, and the others at once. */
class Slow implements Transport {
  subscriber!: Subscriber
  kept: Entry[] = [11, 12].map(entry)
  answer: (() => void) | undefined

  constructor(readonly slow: 'has' | 'range' | 'place' | 'snapshot') {}

  subscribe(subscriber: Subscriber): void {
    this.subscriber = subscriber
    if (this.slow === 'place') this.answer = () => subscriber.onReset('12')
    else subscriber.onReset('12')
  }

  publish(): string {
    return '0'
  }

  has(): true | Promise<true> {
    return this.#reply('has', () => true as const)
  }

  range(after: string, upTo: string): Page | Promise<Page> {
    return this.#reply('range', () => ({
      entries: this.kept.filter(({ id }) => Number(id) > Number(after) && Number(id) <= Number(upTo)),
      position: upTo,
    }))
  }

  compare(a: string, b: string): number {
    return Number(a) - Number(b)
  }

  close(): void {}

  snapshot(): { event: string; data: string } | Promise<{ event: string; data: string }> {
    return this.#reply('snapshot', () => ({ event: 'state', data: 's' }))
  }

  deliver(...numbers: number[]): void {
    for (const each of numbers.map(entry)) {
      this.kept.push(each)
      this.subscriber.onEntry(each)
    }
  }

  #reply<T>(question: string, give: () => T): T | Promise<T> {
    if (question !== this.slow || this.answer) return give()
    return new Promise((resolve) => (this.answer = () => resolve(give())))
  }
}

const moments = Array.from({ length: MICROTASKS }, (_, moment) => moment)
const questions = (['has', 'range', 'place', 'snapshot'] as const).flatMap((slow) =>
  ['10', '12', '14', undefined].flatMap((lastEventId) => moments.map((moment) => [slow, lastEventId, moment] as const)),
)

it.each(questions)(
  'a reset after the answer to %s for a reader with %s, %i microtasks on: nothing twice, and no way back',
  async (slow, lastEventId, moment) => {
    const transport = new Slow(slow)
    const channel = createChannel({
      transport,
      heartbeat: 0,
      ...(slow === 'snapshot' && { snapshot: () => transport.snapshot() }),
    })
    const reading = await read(channel, { keepsReading: true, ...(lastEventId && { lastEventId }) })
    await nextTurn()
    transport.answer?.()
    for (let n = 0; n < moment; n++) await Promise.resolve()
    transport.kept.push(entry(13), entry(14))
    transport.subscriber.onReset('15')
    transport.deliver(16, 17)
    await nextTurn()
    // Where the reset asked first.
    if (slow === 'snapshot') transport.answer?.()
    await nextTurn()
    transport.deliver(18)
    await channel.close()
    await reading.end()

    const ids = [...reading.text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))
    for (const [at, id] of ids.entries()) expect(id).toBeGreaterThanOrEqual(ids[at - 1] ?? 0)
    const seen = reading.events.filter(({ event }) => event === 'n').map(({ data }) => Number(data))
    expect(seen).toEqual([...new Set(seen)])
    expect(seen.slice(-3)).toEqual([16, 17, 18])
  },
)
