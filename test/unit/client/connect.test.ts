import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../../src/client/connect.js'
import type { StateChange } from '../../../src/client/types.js'
import { collect, recorder } from '../../support/client.js'

const url = 'http://example.com/'
const headers = { 'content-type': 'text/event-stream' }
const stream = (text: string) => async (): Promise<Response> => new Response(text, { headers })
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('next()', () => {
  it('gives what is there to several calls at once, in order', async () => {
    const connection = connect(url, { fetch: stream('data: 1\n\ndata: 2\n\ndata: 3\n\n'), reconnect: 'never' })
    const results = await Promise.all(Array.from({ length: 5 }, () => connection.next()))
    expect(results.map(({ done, value }) => [done, value?.data])).toEqual([
      [false, '1'],
      [false, '2'],
      [false, '3'],
      [true, undefined],
      [true, undefined],
    ])
  })

  it('throws an error once, then is done', async () => {
    const connection = connect(url, { fetch: async () => new Response('', { status: 404 }) })
    await expect(connection.next()).rejects.toMatchObject({ status: 404 })
    expect(await connection.next()).toEqual({ done: true, value: undefined })
  })

  it('takes Response.error() for a network error, and retries', async () => {
    const answers = [Response.error(), new Response('data: 1\n\n', { headers })]
    const connection = connect(url, { fetch: async () => answers.shift()!, backoff: { min: 0 } })
    expect(await connection.next()).toMatchObject({ value: { data: '1' } })
    await connection.close()
    const failed = connect(url, { fetch: async () => Response.error(), reconnect: 'never' })
    await expect(failed.next()).rejects.toMatchObject({ kind: 'network', code: 'ERR_CONNECT_NETWORK' })
  })

  it('is done after return(), which gives its argument back', async () => {
    const connection = connect(url, { fetch: stream('data: 1\n\ndata: 2\n\n') })
    await connection.next()
    expect(await connection.return!('x')).toEqual({ done: true, value: 'x' })
    expect(await connection.next()).toEqual({ done: true, value: undefined })
    expect(connection[Symbol.asyncIterator]()).toBe(connection)
  })

  it('reads no further than the loop has come', async () => {
    const pull = vi.fn((controller: ReadableStreamDefaultController) =>
      controller.enqueue(new TextEncoder().encode('data: x\n\ndata: y\n\n')),
    )
    const body = (): ReadableStream => new ReadableStream({ pull }, { highWaterMark: 0 })
    const connection = connect(url, { fetch: async () => new Response(body(), { headers }) })
    await connection.opened
    await settle()
    expect(pull).toHaveBeenCalledTimes(0)
    for (let taken = 1; taken < 20; taken++) {
      await connection.next()
      await settle()
      expect(pull).toHaveBeenCalledTimes(Math.ceil(taken / 2))
    }
    await connection.close()
  })
})

describe('lastEventId', () => {
  it('is that of the last event delivered, whatever else was received', async () => {
    const text = 'id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\n\n'
    const connection = connect(url, { fetch: stream(text), reconnect: 'never', lastEventId: '0' })
    expect(connection.lastEventId).toBe('0')
    await connection.next()
    expect(connection.lastEventId).toBe('1')
    await connection.next()
    // An id without data is a position too.
    expect(connection.lastEventId).toBe('3')
  })

  it('stays after close()', async () => {
    const connection = connect(url, { fetch: stream('id: 1\ndata: a\n\nid: 2\ndata: b\n\n') })
    await connection.next()
    await connection.close()
    expect(connection.lastEventId).toBe('1')
  })
})

describe('fetch', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('is the global one of the moment, called with a string and no receiver', async () => {
    const calls: unknown[][] = []
    vi.stubGlobal('fetch', function (this: unknown, ...args: unknown[]) {
      calls.push([this, ...args])
      return calls.length === 1 ? Promise.reject(new TypeError('down')) : stream('data: 1\n\n')()
    })
    const connection = connect(new URL(url), { backoff: { min: 0 } })
    await connection.next()
    await connection.close()
    expect(calls).toHaveLength(2)
    expect(calls[0]).toEqual([undefined, url, expect.objectContaining({ method: 'GET', cache: 'no-store' })])
  })

  it('may throw at once', async () => {
    const fetch = (): never => {
      throw new RangeError('no')
    }
    const { error } = await collect(connect(url, { fetch, reconnect: 'never' }))
    expect(error).toMatchObject({ kind: 'network', cause: expect.any(RangeError) })
  })

  it('may give a body of text, as some hosts do', async () => {
    const body = (): ReadableStream =>
      new ReadableStream({
        start(controller) {
          controller.enqueue('data: text\n\n')
          controller.close()
        },
      })
    const fetch = async (): Promise<Response> =>
      Object.defineProperty(new Response('', { headers }), 'body', { value: body() })
    expect(await collect(connect(url, { fetch, reconnect: 'never' }))).toEqual({ data: ['text'] })
  })

  it('without response.body is told, not retried', async () => {
    const fetch = vi.fn(
      async () => ({ ok: true, status: 200, statusText: '', url: '', headers: new Headers(headers) }) as Response,
    )
    const { error } = await collect(connect(url, { fetch }))
    expect(error).toMatchObject({ code: 'ERR_CONNECT_NO_BODY' })
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  it('with a body that is null is an empty stream', async () => {
    const fetch = async (): Promise<Response> => new Response(null, { headers })
    const connection = connect(url, { fetch, reconnect: 'never' })
    expect(await collect(connection)).toEqual({ data: [] })
    expect(await connection.closed).toBe('end')
    expect((await connection.opened).status).toBe(200)
  })

  it('needs of a response no more than status, headers and body', async () => {
    const fetch = async (): Promise<Response> =>
      ({ status: 200, headers: new Headers(headers), body: new Response('data: 1\n\n').body }) as Response
    const connection = connect('https://a.example/', { fetch, reconnect: 'never' })
    expect(await connection.next()).toMatchObject({ value: { data: '1', origin: 'https://a.example' } })
    await connection.close()
  })

  it('may give a body of text with an empty piece in it', async () => {
    const body = new ReadableStream({
      start(controller) {
        for (const piece of ['data: a', '', '\n\n']) controller.enqueue(piece)
        controller.close()
      },
    })
    const fetch = async (): Promise<Response> => ({ status: 200, headers: new Headers(headers), body }) as Response
    expect(await collect(connect(url, { fetch, reconnect: 'never' }))).toEqual({ data: ['a'] })
  })

  it('gives the origin of the request where a response names none', async () => {
    const { value } = await connect('https://a.example:8443/b', { fetch: stream('data: 1\n\n') }).next()
    expect(value.origin).toBe('https://a.example:8443')
  })
})

describe('on a clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    vi.spyOn(Math, 'random').mockReturnValue(0)
  })
  afterEach(() => {
    expect(vi.getTimerCount(), 'timers left').toBe(0)
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  const delays = (changes: StateChange[]): unknown[] =>
    changes.filter(({ state }) => state === 'waiting').map(({ delay }) => delay)

  it('the delay grows while nothing comes, and starts anew when something does', async () => {
    const { changes, onState } = recorder()
    let requests = 0
    const fetch = async (): Promise<Response> =>
      ++requests === 5 ? stream('data: 1\n\n')() : new Response('', { status: 503 })
    const connection = connect(url, { fetch, onState })
    const next = connection.next()
    for (let turn = 0; turn < 7; turn++) {
      await settle()
      await vi.advanceTimersByTimeAsync(30_000)
    }
    expect((await next).value.data).toBe('1')
    void connection.next()
    for (let turn = 0; turn < 3; turn++) {
      await settle()
      await vi.advanceTimersByTimeAsync(30_000)
    }
    await connection.close()
    expect(delays(changes).slice(0, 8)).toEqual([1000, 2000, 4000, 8000, 1000, 1000, 2000, 4000])
  })

  it('a connection that stayed open long enough sets the delay back', async () => {
    const { changes, onState } = recorder()
    const bodies: ReadableStreamDefaultController[] = []
    const fetch = async (): Promise<Response> =>
      new Response(new ReadableStream({ start: (controller) => void bodies.push(controller) }), { headers })
    const connection = connect(url, { fetch, onState, backoff: { stableAfter: 100 } })
    void connection.next().catch(() => {})
    for (const open of [0, 99, 100, 0]) {
      await settle()
      await vi.advanceTimersByTimeAsync(open)
      bodies.at(-1)!.close()
      await settle()
      await vi.advanceTimersToNextTimerAsync()
    }
    await connection.close()
    expect(delays(changes)).toEqual([1000, 2000, 1000, 1000])
  })

  it('a connection that nobody reads is not idle', async () => {
    const fetch = async (): Promise<Response> => new Response(new ReadableStream(), { headers })
    const connection = connect(url, { fetch, idleTimeout: 100 })
    await connection.opened
    await vi.advanceTimersByTimeAsync(1000)
    expect(connection.state).toBe('open')
    void connection.next().catch(() => {})
    await vi.advanceTimersByTimeAsync(99)
    expect(connection.state).toBe('open')
    await vi.advanceTimersByTimeAsync(1)
    // What lies in the sockets has its turns first.
    for (let turn = 0; turn < 5; turn++) await settle()
    expect(connection.state).toBe('waiting')
    await connection.close()
  })
})

describe('the place to resume from', () => {
  it.each([
    ['stays where it was for an event that position() does not know', 'p1', ['p1', 'p1', 'p1']],
    ['may be reset by position()', '', ['', '', '']],
  ])('%s', async (_rule, place, expected) => {
    const text = 'id: 1\ndata: a\n\ndata: b\n\ndata: c\n\n'
    const position = ({ data }: { data: string }): string | undefined => (data === 'a' ? place : undefined)
    const connection = connect(url, { fetch: stream(text), reconnect: 'never', position })
    const seen: string[] = []
    for await (const _ of connection) seen.push(connection.lastEventId)
    expect(seen).toEqual(expected)
  })
})

describe('a function that throws before the last event was delivered', () => {
  it.each(['onComment', 'onIgnored', 'onInvalid'] as const)('%s is not hidden by the end', async (name) => {
    const connection = connect(url, {
      fetch: stream('data: 1\n\n: note\nbare\ndata: bad\n\ndata: [DONE]\n\n'),
      decode(event) {
        if (event.data === 'bad') throw new Error('bad')
        return event.data
      },
      onInvalid: 'skip',
      until: ({ data }) => data === '[DONE]',
      [name]() {
        throw new Error('mine')
      },
    })
    const { error } = await collect(connection)
    expect(error).toMatchObject({ kind: 'hook', message: expect.stringContaining(`${name} threw`) })
    expect(await connection.closed).toBe('failed')
  })
})
