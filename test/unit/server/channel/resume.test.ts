import { describe, expect, it } from 'vitest'
import { createChannel } from '../../../../src/server/channel/create-channel.js'
import { read } from '../../../support/channel/reading.js'

const until = async (isMet: () => boolean): Promise<void> => {
  const end = performance.now() + 5000
  while (!isMet()) {
    if (performance.now() > end) throw new Error('It did not come to hold.')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('a reader without a last event ID', () => {
  it('gets what is published from now on, and a position before that', async () => {
    const channel = createChannel()
    const before = await channel.publish('e', 'before')
    const reading = await read(channel)
    await reading.until(() => reading.lastEventId === before)
    await channel.publish('e', 'after')
    expect(await reading.data(1)).toEqual(['after'])
    await channel.close()
  })

  it('gets nothing of what was published in the same turn before it came', async () => {
    const channel = createChannel()
    await read(channel)
    void channel.publish('e', 1)
    const reading = await read(channel)
    void channel.publish('e', 2)
    await channel.close()
    await reading.end()
    expect(reading.events.map(({ data }) => data)).toEqual(['2'])
  })

  it('loses nothing where it is cut before the first event', async () => {
    const channel = createChannel()
    const first = await read(channel)
    await first.until(() => first.lastEventId !== '')
    await first.cancel()
    await channel.publish('e', 'between')
    const second = await read(channel, { lastEventId: first.lastEventId })
    expect(await second.data(1)).toEqual(['between'])
    await channel.close()
  })
})

describe('a reader that resumes', () => {
  it.each([0, 1, 50, 99, 100])('after event %i of 100 gets the rest, then what follows', async (seen) => {
    const channel = createChannel()
    const ids: string[] = []
    for (let n = 1; n <= 100; n++) ids.push(await channel.publish('e', n))
    const lastEventId = ids[seen - 1] ?? ids[0]!.replace(/\d+$/, '0')
    const reading = await read(channel, { lastEventId })
    await channel.publish('e', 101)
    expect(await reading.data(101 - seen)).toEqual(Array.from({ length: 101 - seen }, (_, i) => seen + 1 + i))
    await channel.close()
  })

  it('compares sequences as numbers: 9 is before 10', async () => {
    const channel = createChannel()
    const ids: string[] = []
    for (let n = 1; n <= 11; n++) ids.push(await channel.publish('e', n))
    const reading = await read(channel, { lastEventId: ids[8]! })
    expect(await reading.data(2)).toEqual([10, 11])
    await channel.close()
  })

  it('by the query parameter gets the same', async () => {
    const channel = createChannel()
    const id = await channel.publish('e', 1)
    await channel.publish('e', 2)
    const reading = await read(channel, { url: `http://localhost/?lastEventId=${id}` })
    expect(await reading.data(1)).toEqual([2])
    await channel.close()
  })

  it('gets neither snapshot nor gap event', async () => {
    const channel = createChannel({ snapshot: () => ({ event: 'state', data: 'all' }) })
    const id = await channel.publish('e', 1)
    const reading = await read(channel, { lastEventId: id })
    await channel.publish('e', 2)
    expect(await reading.data(1)).toEqual([2])
    await channel.close()
  })

  it('is not sent ephemeral events again', async () => {
    const channel = createChannel()
    const id = await channel.publish('e', 1)
    await channel.publish('e', 'gone', { ephemeral: true })
    await channel.publish('e', 2)
    const reading = await read(channel, { lastEventId: id })
    expect(await reading.data(1)).toEqual([2])
    await channel.close()
  })

  it('after an ephemeral event gets what followed it', async () => {
    const channel = createChannel()
    const present = await read(channel)
    await channel.publish('e', 1)
    const id = await channel.publish('e', 'now', { ephemeral: true })
    await channel.publish('e', 2)
    expect(await present.data(3)).toEqual([1, 'now', 2])
    const reading = await read(channel, { lastEventId: id })
    expect(await reading.data(1)).toEqual([2])
    await channel.close()
  })

  it('takes a history larger than a window as it reads, among events that go on', async () => {
    const channel = createChannel({ slow: { maxBytes: 50_000 } })
    const first = await channel.publish('e', { n: 0 })
    const pad = 'x'.repeat(1000)
    for (let n = 1; n <= 500; n++) await channel.publish('e', { n, pad })
    const reading = await read(channel, { lastEventId: first })
    for (let n = 501; n <= 700; n++) {
      await channel.publish('e', { n, pad })
      await reading.data(Math.min(n - 450, 700))
    }
    const data = (await reading.data(700)) as { n: number }[]
    expect(data.map(({ n }) => n)).toEqual(Array.from({ length: 700 }, (_, i) => i + 1))
    for (const chunk of reading.chunks) expect(chunk.length).toBeLessThanOrEqual(50_000 + 1100)
    await channel.close()
  })
})

describe('a reader that cannot resume exactly', () => {
  const other = createChannel()

  it.each<[string, () => Promise<string>, string]>([
    ['too old', async () => 'first', 'expired'],
    ['of another epoch', () => other.publish('e', 1), 'epoch'],
    ['unknown', async () => 'no-such', 'unknown'],
    ['not yet issued', async () => 'next', 'unknown'],
    ['hostile by size', async () => 'x'.repeat(4000), 'unknown'],
    ['hostile by size and form', async () => `abc-${'1'.repeat(4000)}`, 'unknown'],
    ['text of another language', async () => '💥', 'unknown'],
    ['one that would be JSON', async () => '"},{"a":"', 'unknown'],
  ])('because its id is %s is told so, and goes on from the present', async (_, idOf, reason) => {
    const channel = createChannel({ history: { size: 2 } })
    const ids: string[] = []
    for (let n = 1; n <= 5; n++) ids.push(await channel.publish('e', n))
    let lastEventId = await idOf()
    if (lastEventId === 'first') lastEventId = ids[0]!
    if (lastEventId === 'next') lastEventId = ids[4]!.replace(/\d+$/, '6')
    const sent = Buffer.from(lastEventId).toString('latin1')
    const reading = await read(channel, { lastEventId: sent })
    await channel.publish('e', 6)
    expect(await reading.data(2)).toEqual([{ reason, requested: lastEventId }, 6])
    expect(reading.events[0]).toMatchObject({ event: 'reset', id: ids[4] })
    expect(JSON.stringify([...reading.response.headers])).not.toContain(lastEventId)
    await channel.close()
  })

  it.each(['x'.repeat(10_000), 'a\tb\x01'.repeat(3), '\xff\xfe'])(
    'because its id cannot have been one is told so',
    async (lastEventId) => {
      const channel = createChannel()
      const id = await channel.publish('e', 1)
      const channelOf = { fetch: (request: Request) => channel.fetch(request) }
      const url = `http://localhost/?lastEventId=${encodeURIComponent(lastEventId)}`
      const reading = await read(channelOf, lastEventId === '\xff\xfe' ? { lastEventId } : { url })
      await channel.publish('e', 2)
      expect(await reading.data(2)).toEqual([{ reason: 'unknown', requested: '' }, 2])
      expect(reading.events[0]!.id).toBe(id)
      await channel.close()
    },
  )

  it('is told by the event that `gapEvent` names', async () => {
    const channel = createChannel({ gapEvent: 'resync' })
    const reading = await read(channel, { lastEventId: 'x' })
    await reading.data(1)
    expect(reading.events[0]!.event).toBe('resync')
    await channel.close()
  })

  it('goes on from the position of the gap event without another', async () => {
    const channel = createChannel()
    await channel.publish('e', 1)
    const first = await read(channel, { lastEventId: 'x' })
    await first.data(1)
    await first.cancel()
    await channel.publish('e', 2)
    const second = await read(channel, { lastEventId: first.lastEventId })
    expect(await second.data(1)).toEqual([2])
    await channel.close()
  })

  it('because the events are too old by now is told so', async () => {
    const channel = createChannel({ history: { maxAge: 5 } })
    const id = await channel.publish('e', 1)
    await channel.publish('e', 2)
    const start = performance.now()
    await until(() => performance.now() > start + 6)
    const reading = await read(channel, { lastEventId: id })
    expect(await reading.data(1)).toEqual([{ reason: 'expired', requested: id }])
    await channel.close()
  })
})

describe('the snapshot', () => {
  it('comes first for a new reader, which has a position only with the last of it', async () => {
    const channel = createChannel({
      snapshot: () => [
        { event: 'state', data: { n: 1 } },
        { event: 'state', data: 'text' },
      ],
    })
    const id = await channel.publish('e', 1)
    const reading = await read(channel)
    await channel.publish('e', 2)
    expect(await reading.data(3)).toEqual([{ n: 1 }, 'text', 2])
    expect(reading.events.map((event) => event.id).slice(0, 2)).toEqual(['', id])
    expect(reading.text).toContain(`event: state\ndata: text\nid: ${id}\n\nevent: e`)
    await channel.close()
  })

  it('follows the gap event; who is cut within it gets the whole of it again', async () => {
    const channel = createChannel({ snapshot: () => ({ event: 'state', data: 'all' }) })
    const id = await channel.publish('e', 1)
    const reading = await read(channel, { lastEventId: 'x' })
    await reading.data(2)
    expect(reading.events.map(({ event }) => event)).toEqual(['reset', 'state'])
    expect(reading.events.map((event) => event.id)).toEqual([id, id])
    expect(reading.text).toContain(`}\nid: ${id}\n\nid: \n\nevent: state`)
    await channel.close()
  })

  it.each<[string, () => unknown, string[]]>([
    ['nothing', () => undefined, []],
    ['null', () => null, []],
    ['an empty list', () => [], []],
    ['one message', () => ({ event: 's', data: 'a' }), ['a']],
    [
      'a list',
      () => [
        { event: 's', data: 'a' },
        { event: 's', data: 'b' },
      ],
      ['a', 'b'],
    ],
    ['a set', () => new Set([{ event: 's', data: 'a' }]), ['a']],
    ['a promise', async () => [{ event: 's', data: 'a' }], ['a']],
    [
      'a generator',
      function* () {
        yield { event: 's', data: 'a' }
        yield { event: 's', data: 'b' }
      },
      ['a', 'b'],
    ],
    [
      'an async generator',
      async function* () {
        yield { event: 's', data: 'a' }
        await Promise.resolve()
        yield { event: 's', data: 'b' }
      },
      ['a', 'b'],
    ],
  ])('may be %s', async (_, snapshot, expected) => {
    const channel = createChannel({ snapshot: snapshot as never })
    const reading = await read(channel)
    await channel.publish('e', 'live')
    expect(await reading.data(expected.length + 1)).toEqual([...expected, 'live'])
    await channel.close()
  })

  it('that takes its time holds back what is published meanwhile, also without a history', async () => {
    type Messages = { event: string; data: string }[]
    let finish!: (messages: Messages) => void
    const channel = createChannel({
      history: { size: 0 },
      snapshot: () => new Promise<Messages>((resolve) => (finish = resolve)),
    })
    const reading = await read(channel)
    for (let n = 1; n <= 20; n++) {
      await channel.publish('e', n)
      await new Promise((resolve) => setImmediate(resolve))
    }
    finish([{ event: 'state', data: 'all' }])
    await channel.publish('e', 21)
    expect(await reading.data(22)).toEqual(['all', ...Array.from({ length: 21 }, (_, i) => i + 1)])
    await channel.close()
  })

  it('gets the context of its reader', async () => {
    const channel = createChannel<Record<string, unknown>, { user: string }>({
      authorize: ({ headers }) => ({ user: headers.get('x-user')! }),
      snapshot: ({ user }) => ({ event: 'hello', data: user }),
    })
    const reading = await read(channel, { headers: { 'x-user': 'ann' } })
    expect(await reading.data(1)).toEqual(['ann'])
    await channel.close()
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('snapshot')
      },
    ],
    ['rejects', () => Promise.reject(new Error('snapshot'))],
    ['gives what cannot be encoded', () => [{ event: 'a\nb', data: 'snapshot' }]],
    ['gives what is no message', () => 5],
  ])('that %s ends its reader, and is reported', async (_, snapshot) => {
    const errors: unknown[] = []
    const reasons: string[] = []
    let isBad = false
    const channel = createChannel({
      snapshot: (() => (isBad ? snapshot() : undefined)) as never,
      onError: (error) => void errors.push(error),
      metrics: { close: (reason) => void reasons.push(reason) },
    })
    const good = await read(channel)
    isBad = true
    const bad = await read(channel)
    await expect(bad.end()).rejects.toThrow()
    expect(errors.length).toBe(1)
    expect(reasons).toEqual(['failed'])
    await channel.publish('e', 'on')
    expect(await good.data(1)).toEqual(['on'])
    await channel.close()
  })
})
