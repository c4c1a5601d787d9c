import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createChannel } from '../../../../src/server/channel/create-channel.js'
import type { EventRequest } from '../../../../src/server/event-request.js'
import { read } from '../../../support/channel/reading.js'

const URL = 'http://localhost/'

describe('authorize', () => {
  it('is shown the request, and gives the context that all else is shown', async () => {
    const seen: unknown[] = []
    const channel = createChannel<Record<string, unknown>, { user: string }>({
      authorize: async (request: EventRequest) => {
        seen.push(request.method, request.url.href, request.lastEventId)
        return { user: request.headers.get('X-User')! }
      },
      topics: (context, request) => {
        seen.push(context, request.url.search)
        return 'a'
      },
      filter: (message, context) => {
        seen.push(message.data, context)
        return true
      },
    })
    const reading = await read(channel, { url: `${URL}?q=1`, headers: { 'x-user': 'ann' } })
    await channel.publish('e', 1, { topic: 'a' })
    expect(await reading.data(1)).toEqual([1])
    expect(seen).toEqual(['GET', `${URL}?q=1`, '', { user: 'ann' }, '?q=1', 1, { user: 'ann' }])
    await channel.close()
  })

  it.each<[string, () => unknown]>([
    ['a response', () => new Response('no', { status: 403 })],
    ['a promise of one', async () => new Response('no', { status: 403 })],
    [
      'one of another realm',
      () => ({ status: 403, headers: new Headers(), arrayBuffer: async () => new ArrayBuffer(0) }),
    ],
  ])('refuses with %s', async (_, authorize) => {
    const channel = createChannel({ authorize })
    const response = await channel.fetch(new Request(URL))
    expect(response.status).toBe(403)
    expect(channel.connections).toBe(0)
  })

  it.each<[string, object]>([
    ['authorize throws', { authorize: () => fail('a') }],
    ['authorize rejects', { authorize: async () => fail('a') }],
    ['topics throws', { topics: () => fail('a') }],
    ['topics rejects', { topics: async () => fail('a') }],
    ['topics gives nothing', { topics: () => undefined }],
    ['topics gives null', { topics: () => null }],
    ['topics gives a number', { topics: () => 5 }],
    ['topics gives what are no strings', { topics: () => ['a', 5] }],
  ])('%s: a 503, reported, and nobody is let in', async (_, options) => {
    const errors: unknown[] = []
    const channel = createChannel({ ...options, onError: (error) => void errors.push(error) })
    const response = await channel.fetch(new Request(URL))
    expect(response.status).toBe(503)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(errors).toEqual([expect.any(Error)])
    expect(channel.connections).toBe(0)
    await channel.close()
  })

  it('that is under way when the reader leaves lets nobody in', async () => {
    let goOn!: () => void
    const opened: number[] = []
    const channel = createChannel({
      authorize: () => new Promise<string>((resolve) => (goOn = () => resolve('me'))),
      metrics: { open: () => void opened.push(1) },
    })
    const controller = new AbortController()
    const answer = channel.fetch(new Request(URL, { signal: controller.signal }))
    controller.abort()
    goOn()
    const response = await answer
    expect(response.body).toBe(null)
    expect(channel.connections).toBe(0)
    expect(opened).toEqual([])
    await channel.close()
  })

  it('that is under way when the channel closes lets nobody in', async () => {
    let goOn!: () => void
    const channel = createChannel({ authorize: () => new Promise<string>((resolve) => (goOn = () => resolve('me'))) })
    const answer = channel.fetch(new Request(URL))
    await channel.close()
    goOn()
    expect((await answer).status).toBe(503)
  })
})

describe('topics', () => {
  const events: [string, string | undefined][] = [
    ['for a', 'a'],
    ['for b', 'b'],
    ['for all', undefined],
    ['for __proto__', '__proto__'],
  ]

  it.each<[string | Iterable<string>, string[]]>([
    ['a', ['for a', 'for all']],
    [
      ['a', 'b'],
      ['for a', 'for b', 'for all'],
    ],
    [new Set(['b']), ['for b', 'for all']],
    [[], ['for all']],
    [['__proto__'], ['for all', 'for __proto__']],
    [['A', 'a '], ['for all']],
  ])('%j: live and replayed, the same', async (topics, expected) => {
    const channel = createChannel({ topics: () => topics })
    const start = await channel.publish('e', 'start', { topic: 'nobody' })
    const live = await read(channel)
    for (const [data, topic] of events) await channel.publish('e', data, { topic })
    const replayed = await read(channel, { lastEventId: start })
    await channel.close()
    for (const reading of [live, replayed]) {
      await reading.end()
      expect(reading.events.map(({ data }) => data)).toEqual(expected)
    }
  })

  it('are no restriction where the option is not there', async () => {
    const channel = createChannel()
    const reading = await read(channel)
    for (const [data, topic] of events) await channel.publish('e', data, { topic })
    expect(await reading.data(4)).toEqual(events.map(([data]) => data))
    await channel.close()
  })
})

describe('filter', () => {
  it('decides for live and replayed events, and is shown the same', async () => {
    const seen: unknown[] = []
    const channel = createChannel<{ a: { to: string }; b: string }>({
      filter: (message) => {
        seen.push({ ...message })
        return message.event === 'a' ? message.data.to === 'me' : message.data === 'text'
      },
    })
    const first = await channel.publish('a', { to: 'nobody' })
    const live = await read(channel)
    const ids = [
      await channel.publish('a', { to: 'me' }, { topic: 't' }),
      await channel.publish('a', { to: 'you' }),
      await channel.publish('b', 'text'),
    ]
    expect(await live.data(2)).toEqual([{ to: 'me' }, 'text'])
    const shown = seen.splice(0)
    expect(shown).toEqual([
      { id: ids[0], event: 'a', data: { to: 'me' }, topic: 't', ephemeral: false },
      { id: ids[1], event: 'a', data: { to: 'you' }, topic: undefined, ephemeral: false },
      { id: ids[2], event: 'b', data: 'text', topic: undefined, ephemeral: false },
    ])
    const replayed = await read(channel, { lastEventId: first })
    expect(await replayed.data(2)).toEqual([{ to: 'me' }, 'text'])
    expect(seen).toEqual(shown)
    await channel.close()
  })

  it('does not see what is of another topic', async () => {
    const seen: unknown[] = []
    const channel = createChannel({ topics: () => 'a', filter: ({ data }) => seen.push(data) > 0 })
    const reading = await read(channel)
    await channel.publish('e', 1, { topic: 'b' })
    await channel.publish('e', 2, { topic: 'a' })
    expect(await reading.data(1)).toEqual([2])
    expect(seen).toEqual([2])
    await channel.close()
  })

  it('gives each of several readers its own share of one tick', async () => {
    const channel = createChannel<{ e: number }, string>({
      authorize: ({ headers }) => headers.get('x-want')!,
      filter: ({ data }, want) => want.includes(String(data)),
    })
    const wants = ['12', '2', '13', '12', '']
    const readings = await Promise.all(wants.map((want) => read(channel, { headers: { 'x-want': want } })))
    for (const n of [1, 2, 3]) void channel.publish('e', n)
    await channel.close()
    for (const [i, reading] of readings.entries()) {
      await reading.end()
      expect(reading.events.map(({ data }) => data).join('')).toBe(wants[i])
    }
  })

  it.each<[string, (n: unknown) => unknown]>([
    ['throws', () => fail('filter')],
    ['gives a promise', async () => true],
  ])('that %s ends that reader alone, and is reported', async (_, filter) => {
    const errors: unknown[] = []
    const reasons: string[] = []
    const channel = createChannel<{ e: number }, string>({
      authorize: ({ headers }) => headers.get('x-name')!,
      filter: ({ data }, name) => (name === 'bad' ? (filter(data) as boolean) : true),
      onError: (error) => void errors.push(error),
      metrics: { close: (reason) => void reasons.push(reason) },
    })
    const good = await read(channel, { headers: { 'x-name': 'good' } })
    const bad = await read(channel, { headers: { 'x-name': 'bad' } })
    const id = await channel.publish('e', 1)
    await expect(bad.end()).rejects.toThrow()
    expect(bad.events).toEqual([])
    expect(await good.data(1)).toEqual([1])
    await channel.publish('e', 2)
    expect(await good.data(2)).toEqual([1, 2])
    expect([errors.length, reasons]).toEqual([1, ['failed']])
    const again = await read(channel, { headers: { 'x-name': 'bad' }, lastEventId: id })
    await expect(again.end()).rejects.toThrow()
    expect(errors.length).toBe(2)
    await channel.close()
  })

  it('that publishes much in the middle of a flush breaks no order', async () => {
    const pad = 'x'.repeat(500)
    let count = 0
    const channel = createChannel<{ e: { n: number; pad: string } }>({
      slow: { maxBytes: 2000 },
      filter() {
        if (count < 20) void channel.publish('e', { n: ++count, pad })
        return true
      },
    })
    const readings = await Promise.all([1, 2, 3].map(() => read(channel)))
    const all = readings.map((reading) => reading.data(21))
    void channel.publish('e', { n: 0, pad })
    for (const data of (await Promise.all(all)) as { n: number }[][]) {
      expect(data.map(({ n }) => n)).toEqual(Array.from({ length: 21 }, (_, n) => n))
    }
    await channel.close()
  })
})

describe('maxConnections', () => {
  it('refuses more with a 503 and Retry-After, until one has left', async () => {
    const channel = createChannel({ maxConnections: 2, retry: 2500, retryJitter: 0 })
    const [first] = await Promise.all([read(channel), read(channel)])
    expect(channel.connections).toBe(2)
    const refused = await channel.fetch(new Request(URL))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '13'])
    await first!.cancel()
    expect(channel.connections).toBe(1)
    const third = await channel.fetch(new Request(URL))
    expect(third.status).toBe(200)
    await channel.close()
  })

  it('holds for readers that are let in at the same time', async () => {
    const channel = createChannel({ maxConnections: 2, authorize: () => Promise.resolve({}) })
    const responses = await Promise.all(Array.from({ length: 5 }, () => channel.fetch(new Request(URL))))
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 503, 503, 503])
    await channel.close()
  })

  it('is asked before hooks that may be costly', async () => {
    let calls = 0
    const channel = createChannel({ maxConnections: 1, authorize: () => ++calls })
    await read(channel)
    await channel.fetch(new Request(URL))
    expect(calls).toBe(1)
    await channel.close()
  })
})

describe('a web response', () => {
  it('has the headers of an event stream', async () => {
    const channel = createChannel()
    const { response } = await read(channel)
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      incremental: '?1',
    })
    await channel.close()
  })

  it('begins with the reconnection time', async () => {
    const channel = createChannel({ retry: 1234, retryJitter: 0 })
    const reading = await read(channel)
    await reading.until(() => reading.text !== '')
    expect(reading.text).toMatch(/^:\nretry: 1234\n/)
    await channel.close()
  })

  it('to HEAD has no body, and is no connection', async () => {
    const channel = createChannel()
    const response = await channel.fetch(new Request(URL, { method: 'HEAD' }))
    expect([response.status, response.body, response.headers.get('content-type')]).toEqual([
      200,
      null,
      'text/event-stream',
    ])
    expect(channel.connections).toBe(0)
  })

  it.each(['cancel', 'abort'])('whose reader leaves by %s leaves nothing behind', async (how) => {
    const reasons: string[] = []
    const channel = createChannel({ metrics: { close: (reason) => void reasons.push(reason) } })
    const controller = new AbortController()
    const request = new Request(URL, { signal: controller.signal })
    const response = await channel.fetch(request)
    expect(channel.connections).toBe(1)
    if (how === 'cancel') await response.body!.cancel()
    else controller.abort()
    expect(channel.connections).toBe(0)
    expect(reasons).toEqual(['disconnected'])
    expect(getEventListeners(request.signal, 'abort')).toEqual([])
    await channel.publish('e', 1)
    await channel.close()
  })

  it('that was aborted before is no connection', async () => {
    const channel = createChannel()
    await channel.fetch(new Request(URL, { signal: AbortSignal.abort() }))
    expect(channel.connections).toBe(0)
  })
})

function fail(message: string): never {
  throw new Error(message)
}
