import { describe, expect, it } from 'vitest'
import { createChannel } from '../../../../src/server/channel/create-channel.js'
import type { ChannelReader } from '../../../../src/server/channel/reader.js'
import { read } from '../../../support/channel/reading.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const only = <C>(readers: Iterable<ChannelReader<C>>): ChannelReader<C> => {
  const [first, second] = readers
  expect(second).toBe(undefined)
  return first!
}

describe('a reader', () => {
  it('is an object from its arrival to its end', async () => {
    const channel = createChannel({ authorize: () => ({ user: 'ann' }), topics: () => ['a'] })
    const reading = await read(channel)
    const reader = only(channel.readers)
    expect(reader).toMatchObject({ context: { user: 'ann' }, topics: new Set(['a']) })
    expect(reader.since).toBeLessThanOrEqual(Date.now())
    expect(reader.id.length).toBeGreaterThan(20)
    reader.close({ retry: 9000 })
    expect(await reader.closed).toBe('closed')
    await reading.end()
    expect(reading.text).toContain('retry: 9000\n\n')
    expect([...channel.readers]).toEqual([])
    expect(reader.send({ data: 'late' })).toBe(false)
    await channel.close()
  })

  it('is sent to alone, after what was published before, and never an id', async () => {
    const channel = createChannel()
    const one = await read(channel)
    const [first] = channel.readers
    const two = await read(channel)
    void channel.publish('e', 1)
    expect(first!.send({ event: 'own', data: 2 })).toBe(true)
    expect(() => first!.send({ id: 'x', data: 3 })).toThrow('id')
    void channel.publish('e', 4)
    expect(await one.data(3)).toEqual([1, 2, 4])
    expect(await two.data(2)).toEqual([1, 4])
    await channel.close()
  })

  it('that takes other topics gets theirs from then on', async () => {
    const channel = createChannel({ topics: () => 'a' })
    const reading = await read(channel)
    const reader = only(channel.readers)
    void channel.publish('e', 1, { topic: 'a' })
    void channel.publish('e', 2, { topic: 'b' })
    reader.setTopics(['b'])
    void channel.publish('e', 3, { topic: 'a' })
    void channel.publish('e', 4, { topic: 'b' })
    expect(await reading.data(2)).toEqual([1, 4])
    await channel.close()
  })
})

describe('onConnect', () => {
  it('comes before the replay, which its topics count for; onDisconnect follows once', async () => {
    const told: unknown[] = []
    const channel = createChannel({
      topics: () => 'none',
      onConnect: async (reader) => {
        await turn()
        reader.setTopics(['a'])
        told.push('connected')
      },
      onDisconnect: (_, reason) => void told.push(reason),
    })
    const id = await channel.publish('e', 0, { topic: 'a' })
    await channel.publish('e', 1, { topic: 'a' })
    const reading = await read(channel, { lastEventId: id })
    expect(await reading.data(1)).toEqual([1])
    await reading.cancel()
    await turn()
    expect(told).toEqual(['connected', 'disconnected'])
    await channel.close()
  })

  it.each(['throws', 'rejects', 'never settles'])('that %s leaves nothing, whoever leaves when', async (how) => {
    const errors: unknown[] = []
    const channel = createChannel({
      onError: (error) => void errors.push(error),
      onConnect: () => {
        if (how === 'throws') throw new Error('hook')
        return how === 'rejects' ? Promise.reject(new Error('hook')) : new Promise(() => {})
      },
    })
    for (let n = 0; n < 100; n++) {
      const reading = await read(channel)
      if (how === 'never settles') await reading.cancel()
    }
    await turn()
    expect(channel.connections).toBe(0)
    expect(errors.length).toBe(how === 'never settles' ? 0 : 100)
    await channel.close()
  })
})

describe('limit', () => {
  it.each(['refuse', 'replace'] as const)('holds for 50 that come at once (%s)', async (beyond) => {
    const channel = createChannel({
      authorize: async () => ({ user: 'ann' }),
      limit: { by: ({ user }) => user, max: 3, beyond },
    })
    const answers = await Promise.all(Array.from({ length: 50 }, () => channel.fetch(new Request('http://localhost/'))))
    await turn()
    expect(channel.connections).toBe(3)
    expect(answers.filter(({ status }) => status === 503).length).toBe(beyond === 'refuse' ? 47 : 0)
    if (beyond === 'replace') expect(await answers[0]!.text()).toContain('retry: 86400000\n\n')
    await channel.close()
  })
})

it('authorize fails closed', async () => {
  for (const value of [false, null, undefined]) {
    const channel = createChannel({ authorize: () => value })
    expect((await channel.fetch(new Request('http://localhost/'))).status).toBe(403)
  }
})

it('reauthorize takes the new context, and ends whom it refuses', async () => {
  let answer: { n: number } | false = { n: 1 }
  const channel = createChannel({ authorize: () => answer, reauthorize: 40 })
  await read(channel, { keepsReading: true })
  const reader = only(channel.readers)
  answer = { n: 2 }
  while ((reader.context as { n: number }).n !== 2) await turn()
  answer = false
  expect(await reader.closed).toBe('unauthorized')
  await channel.close()
})

describe('the history', () => {
  it('tells a gap only where an event of the reader is gone', async () => {
    const channel = createChannel({ history: { size: 5 }, topics: (_, { url }) => url.pathname.slice(1) })
    const id = await channel.publish('e', 0, { topic: 'quiet' })
    for (let n = 0; n < 20; n++) await channel.publish('e', n, { topic: 'busy' })
    const quiet = await read(channel, { url: 'http://localhost/quiet', lastEventId: id })
    await channel.publish('e', 'mine', { topic: 'quiet' })
    expect(await quiet.data(1)).toEqual(['mine'])
    const busy = await read(channel, { url: 'http://localhost/busy', lastEventId: id })
    await busy.data(1)
    expect(busy.events[0]!.event).toBe('reset')
    await channel.close()
  })

  it('keeps a published key as one event', async () => {
    const channel = createChannel()
    const first = await channel.publish('e', 1, { key: 'order' })
    expect(await channel.publish('e', 1, { key: 'order' })).toBe(first)
    await channel.close()
  })
})

describe('cors and methods', () => {
  it('a preflight is answered, and is no reader', async () => {
    const channel = createChannel({ cors: { origin: 'https://a.example', credentials: true } })
    const ask = (method: string, origin: string): Promise<Response> =>
      channel.fetch(new Request('http://localhost/', { method, headers: { origin } }))
    const preflight = await ask('OPTIONS', 'https://a.example')
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toContain('last-event-id')
    expect(preflight.headers.get('access-control-allow-credentials')).toBe('true')
    expect((await ask('OPTIONS', 'https://b.example')).headers.get('access-control-allow-origin')).toBe(null)
    const wrong = await ask('DELETE', 'https://a.example')
    expect([wrong.status, wrong.headers.get('access-control-allow-origin')]).toEqual([405, 'https://a.example'])
    expect(channel.connections).toBe(0)
    expect(() => createChannel({ cors: { origin: '*', credentials: true } })).toThrow('cors.credentials')
  })
})

it('an EventSource that is refused is told to come back', async () => {
  const channel = createChannel({ maxConnections: 1, retry: 1000, retryJitter: 0 })
  await read(channel)
  const refused = await channel.fetch(new Request('http://localhost/', { headers: { accept: 'text/event-stream' } }))
  expect([refused.status, await refused.text()]).toEqual([200, 'retry: 5000\n\n'])
  await channel.close()
})

it('a publish that fails unawaited harms nobody, and is told to onError', async () => {
  const errors: unknown[] = []
  const channel = createChannel({ onError: (error) => void errors.push(error) })
  await channel.close()
  void channel.publish('e', 1)
  await turn()
  expect(errors).toEqual([expect.objectContaining({ code: 'ERR_CHANNEL_CLOSED' })])
})
