import { Readable } from 'node:stream'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { connect } from '../../src/client/connect.js'
import type { FetchedResponse } from '../../src/client/types.js'
import { ConnectError } from '../../src/errors/connect-error.js'
import { EventSource } from '../../src/eventsource/event-source.js'
import { events } from '../../src/streams/events.js'
import type { Step } from '../../src/testing/script/steps.js'
import { collect, SOON, useBench } from '../support/client.js'

const bench = useBench()

/** An answer as node-fetch gives it: the body is a stream of Node, no class is that of the host. */
async function nodeFetch(url: string): Promise<FetchedResponse & { body: IncomingMessage }> {
  const request = get(url, { agent: false })
  const [body] = (await once(request, 'response')) as [IncomingMessage]
  const headers = { get: (name: string) => (body.headers[name] as string | undefined) ?? null }
  return { status: body.statusCode!, headers, url, body }
}

const one: Step = { event: { id: '1', data: 'one' } }
const two: Step = { event: { id: '2', data: 'two' } }

describe('a body that is a stream of Node', () => {
  it('is read by connect(), and resumed after a cut', async () => {
    const server = await bench.serve([
      [one, { cut: 'reset' }],
      [two, { stall: true }],
    ])
    const until = (event: { data: string }): boolean => event.data === 'two'
    const connection = connect(server.url, { fetch: nodeFetch, backoff: SOON, until })
    expect(await collect(connection)).toEqual({ data: ['one', 'two'] })
    expect(await connection.closed).toBe('end')
  })

  it('is let go on break', async () => {
    const server = await bench.serve([[one, { stall: true }]])
    for await (const { data } of connect(server.url, { fetch: nodeFetch })) {
      expect(data).toBe('one')
      break
    }
    await server.waitForIdle()
  })

  it('is read by events(), of a response and alone', async () => {
    const server = await bench.serve([[one, two], [one]])
    const seen: string[] = []
    const response = (await nodeFetch(server.url)) as unknown as Response
    for await (const { data } of events(response)) seen.push(data)
    for await (const { data } of events(Readable.from([Buffer.from('data: a\n\nda'), 'ta: b\n\n']))) seen.push(data)
    expect(seen).toEqual(['one', 'two', 'a', 'b'])
    const { body } = await nodeFetch(server.url)
    body.destroy()
  })
})

describe('the body of a refusal can be read afterwards', () => {
  const refusal: Step[] = [
    { status: 403, headers: { 'content-type': 'application/json', 'x-id': '7' } },
    { bytes: '{"code":"plan"}' },
  ]

  async function isReadable(error: unknown, url?: string): Promise<void> {
    expect(error).toBeInstanceOf(ConnectError)
    const { body, response, status } = error as ConnectError
    expect([status, body]).toEqual([403, '{"code":"plan"}'])
    expect(response!.headers.get('x-id')).toBe('7')
    expect(await response!.json()).toEqual({ code: 'plan' })
    if (url) expect(response!.url).toBe(url)
  }

  it('of connect(), in retryIf and after', async () => {
    const server = await bench.serve([refusal])
    let inHook: string | undefined
    const connection = connect(server.url, { retryIf: (error) => void (inHook = error.body) })
    const { error } = await collect(connection)
    expect(inHook).toBe('{"code":"plan"}')
    await isReadable(error, server.url)
    await server.waitForIdle()
  })

  it('of events()', async () => {
    const server = await bench.serve([refusal])
    const response = await fetch(server.url)
    const error = await (async () => {
      for await (const event of events(response)) return event
      return undefined
    })().catch((thrown: unknown) => thrown)
    await isReadable(error)
  })

  it('of EventSource', async () => {
    const server = await bench.serve([refusal])
    const source = new EventSource(server.url)
    const { error } = await new Promise<{ error?: unknown }>((resolve) => (source.onerror = resolve as never))
    expect(source.readyState).toBe(2)
    await isReadable(error, server.url)
  })
})

it('EventSource tells a refusal whose body stalls, with what came of it', async () => {
  const server = await bench.serve([
    [{ status: 500, headers: { 'retry-after': '3' } }, { bytes: 'part' }, { stall: true }],
  ])
  const source = new EventSource(server.url)
  const { error } = await new Promise<{ error?: unknown }>((resolve) => (source.onerror = resolve as never))
  expect(error).toMatchObject({ status: 500, body: 'part', retryAfter: 3000 })
  expect(await (error as ConnectError).response!.text()).toBe('part')
  await server.waitForIdle()
})

it('a refusal keeps its bytes, also those that are no text', async () => {
  const bytes = Uint8Array.of(0xff, 0xfe, 0, 1, 0xe2)
  const { error } = await collect(connect('http://x/', { fetch: async () => new Response(bytes, { status: 400 }) }))
  expect(new Uint8Array(await (error as ConnectError).response!.arrayBuffer())).toEqual(bytes)
})

describe('a body of any shape', () => {
  const text = 'data: one\n\n'
  const bytes = new TextEncoder().encode(text)
  const streamOf = (chunk: unknown): ReadableStream =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(chunk)
        controller.close()
      },
    })
  const shapes: Record<string, () => unknown> = {
    'an async iterable of text': async function* () {
      yield text
    },
    'a stream of ArrayBuffers': () => streamOf(bytes.buffer),
    'a stream of DataViews': () => streamOf(new DataView(bytes.buffer)),
    'a reader that gives promises of nothing': () => ({
      getReader: () => ({ read: async () => ({ done: false, value: bytes }), cancel() {}, releaseLock() {} }),
    }),
    'a reader that throws at once when it is let go': () => ({
      getReader: () => ({
        read: async () => ({ done: false, value: bytes }),
        cancel() {
          throw new Error('not so')
        },
      }),
    }),
  }
  it.each(Object.entries(shapes))('%s', async (_, make) => {
    const headers = { get: () => 'text/event-stream' }
    const connection = connect('http://x/', { fetch: async () => ({ status: 200, headers, body: make() }) })
    expect((await connection.next()).value?.data).toBe('one')
    await connection.close()
    const iterator = events({ status: 200, headers, body: make() })
    expect((await iterator.next()).value?.data).toBe('one')
    await iterator.return().catch(() => {})
  })
})

/** Holds up everything in this process. */
function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

/** Serves from a process of its own, which goes on while this one is blocked: says when the answer has been written. */
const SERVER = `
const { createServer } = require('node:http')
const server = createServer((request, response) => setTimeout(() => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write('data: one\\n\\n')
  setTimeout(() => response.end('data: two\\n\\n'), 150)
}, 150))
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
`

describe('a timer that falls due while the process is blocked lets the bytes in the socket count', () => {
  it.each([
    ['openTimeout', { openTimeout: 1000 }, 50],
    ['idleTimeout', { idleTimeout: 1000 }, 200],
  ])('%s', async (_, options, after) => {
    const child = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    try {
      const [port] = (await once(child, 'message')) as [number]
      const connection = connect(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x', ...options })
      setTimeout(() => setImmediate(() => block(1300)), after)
      expect(await collect(connection)).toEqual({ data: ['one', 'two'] })
    } finally {
      child.kill()
    }
  })
})

describe('a body that gives neither text nor bytes cannot pass', () => {
  const headers = new Headers({ 'content-type': 'text/event-stream' })
  const url = 'http://example.com/news'
  let asked = 0
  const fetching = (body: unknown) => async (): Promise<FetchedResponse> => {
    asked++
    return { status: 200, headers, body }
  }
  async function* giving(chunk: unknown): AsyncGenerator<unknown> {
    yield chunk
  }
  const broken = { [Symbol.asyncIterator]: () => ({ next: async () => undefined }) }
  const cases = [{ data: 'x' }, [1], 5, true, null, undefined, new Date(0)].map(
    (chunk) => [String(Object.prototype.toString.call(chunk)), () => giving(chunk)] as const,
  )
  const objects = new ReadableStream({ pull: (controller) => controller.enqueue({ data: 'x' }) })

  it.each([
    ...cases,
    ['a stream of objects', () => objects],
    ['an iterator that gives no results', () => broken],
  ] as const)('%s: connect() fails at once', async (_, body) => {
    asked = 0
    const fetch: () => Promise<FetchedResponse> = fetching(body())
    const { error } = await collect(connect(url, { fetch, backoff: SOON }))
    expect(error).toMatchObject({ kind: 'http', code: 'ERR_CONNECT_NO_BODY', attempt: 1 })
    expect((error as Error).message).toContain('http://example.com/news')
    expect(asked).toBe(1)
  })

  it('an EventSource is closed', async () => {
    asked = 0
    const source = new EventSource(url, { fetch: fetching(giving({})), backoff: { min: 1 } })
    const { error } = await new Promise<{ error?: ConnectError }>((resolve) => (source.onerror = resolve))
    expect(error).toMatchObject({
      code: 'ERR_CONNECT_NO_BODY',
      message: expect.stringContaining('[object Object]'),
    })
    expect([source.readyState, asked]).toEqual([source.CLOSED, 1])
  })

  it.each([giving({}), broken])('events() throws a TypeError', async (body) => {
    await expect(events(body as never).next()).rejects.toThrow(TypeError)
  })
})

describe('a message names the place, and the error its attempt, where a fetch of the user gives no url', () => {
  const headers = { 'content-type': 'text/event-stream' }
  const used = new Response('data: x\n\n', { headers })
  void used.text()
  const answers: [string, () => unknown][] = [
    ['a status', () => new Response('', { status: 404 })],
    ['a content type', () => new Response('')],
    ['no body', () => ({ status: 200, headers: new Headers(headers) })],
    ['a body that is none', () => ({ status: 200, headers: new Headers(headers), body: 5 })],
    ['a used body', () => used],
    ['no response', () => undefined],
    ['an end before until', () => new Response('', { headers })],
  ]
  it.each(answers)('%s', async (_, answer) => {
    let asked = 0
    const connection = connect('http://example.com/a/b?token=secret#part', {
      method: 'POST',
      backoff: SOON,
      until: () => false,
      fetch: async (): Promise<FetchedResponse> => {
        if (asked++ === 0) throw new Error('lost')
        return answer() as FetchedResponse
      },
      retryIf: (): boolean => asked === 1,
    })
    const { error } = (await collect(connection)) as { error?: unknown }
    expect(error).toMatchObject({ attempt: 2, message: expect.stringContaining('(http://example.com/a/b)') })
    expect((error as Error).message).not.toContain('secret')
  })

  it('events() has the url of the response', async () => {
    const server = await bench.serve([[one], [one]])
    const cut = events(await fetch(`${server.url}?token=secret`), { until: () => false })
    await cut.next()
    await expect(cut.next()).rejects.toMatchObject({
      kind: 'incomplete',
      message: expect.stringMatching(/\(http:\/\/127[^?]*\)$/),
    })
    const response = await fetch(server.url)
    await response.text()
    await expect(events(response).next()).rejects.toThrow(/\(http:\/\/127[^?]*\)/)
  })
})

describe('a body of the request that is a stream', () => {
  const body = (): ReadableStream => new Blob(['{}']).stream()
  const until = ({ data }: { data: string }): boolean => data === 'two'

  it('is sent once; `resume` may go on with another request', async () => {
    const server = await bench.serve([[one, { cut: 'reset' }], [two]])
    const resume = (): object => ({ method: 'GET', body: null })
    const connection = connect(server.url, { method: 'POST', body: body(), resume, until, backoff: SOON })
    expect(await collect(connection)).toEqual({ data: ['one', 'two'] })
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'GET'])
  })

  it('is not sent again by a `resume` that leaves it as it is', async () => {
    const server = await bench.serve([[one, { cut: 'reset' }], [two]])
    const resume = (): object => ({ url: '/else' })
    const { data, error } = await collect(connect(server.url, { method: 'POST', body: body(), resume, backoff: SOON }))
    expect(data).toEqual(['one'])
    expect(error).toMatchObject({ kind: 'hook', message: expect.stringMatching(/^body threw .*stream/) })
    expect(server.requests).toHaveLength(1)
  })

  it('is sent once; a function as `method` may go on without it', async () => {
    const server = await bench.serve([[one, { cut: 'reset' }], [two]])
    const method = ({ lastEventId }: { lastEventId: string }): string => (lastEventId ? 'GET' : 'POST')
    const connection = connect(server.url, { method, body: body(), until, backoff: SOON })
    expect(await collect(connection)).toEqual({ data: ['one', 'two'] })
    expect(server.requests.map((request) => [request.method, request.body])).toEqual([
      ['POST', '{}'],
      ['GET', ''],
    ])
  })

  it('fails at the first drop with `resume` in other words', async () => {
    const server = await bench.serve([[one, { cut: 'reset' }], [two]])
    const { data, error } = await collect(connect(server.url, { method: 'POST', body: body(), resume: 'header' }))
    expect([data, (error as ConnectError).kind]).toEqual([['one'], 'network'])
    expect(server.requests).toHaveLength(1)
  })
})
