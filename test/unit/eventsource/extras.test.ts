import { afterEach, describe, expect, it, vi } from 'vitest'
import { ConnectError } from '../../../src/errors/connect-error.js'
import { LimitError } from '../../../src/errors/limit-error.js'
import { EventSource } from '../../../src/eventsource/event-source.js'
import type { EventSourceInit } from '../../../src/eventsource/types.js'
import { scriptedResponse } from '../../../src/testing/scripted-response.js'
import type { Step } from '../../../src/testing/script/steps.js'
import { createScriptedServer, type Script, type ScriptedServer } from '../../../src/testing/server/index.js'
import { next, nextError } from './next.js'

const QUICK = { min: 1, jitter: 0 }
const cleanUps: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

async function serve(script: Script): Promise<ScriptedServer> {
  const server = await createScriptedServer(script)
  cleanUps.push(() => server.close())
  return server
}

function open(url: string, init?: EventSourceInit): EventSource {
  const source = new EventSource(url, init)
  cleanUps.unshift(() => source.close())
  return source
}

/** Resolves when it is closed for good, with all error events. */
async function untilClosed(source: EventSource): Promise<(ConnectError | undefined)[]> {
  const errors: (ConnectError | undefined)[] = []
  do errors.push((await nextError(source)).error)
  while (source.readyState !== source.CLOSED)
  return errors
}

describe('beyond the standard, the init takes', () => {
  it('fetch: called with the URL and an init', async () => {
    const fetch = vi.fn(async (_url: string, _init: RequestInit) =>
      scriptedResponse([{ event: { data: 'a' } }, { stall: true }]),
    )
    const source = open('http://example.com/x', { fetch, withCredentials: true })
    expect(fetch).not.toHaveBeenCalled()
    const { data, origin } = await next(source, 'message')
    expect([data, origin]).toEqual(['a', 'http://example.com'])
    const [url, init] = fetch.mock.calls[0]!
    expect(url).toBe('http://example.com/x')
    expect(init).toMatchObject({ cache: 'no-store', mode: 'cors', credentials: 'include' })
    expect(init.headers).toEqual({ accept: 'text/event-stream' })
    expect(init.signal!.aborted).toBe(false)
    source.close()
    expect(init.signal!.aborted).toBe(true)
  })

  it('headers: the same at each attempt', async () => {
    const server = await serve([[{ event: { id: '1', data: 'a' } }], [{ status: 204 }]])
    const headers = { authorization: 'Bearer x', accept: 'text/event-stream, text/plain' }
    await untilClosed(open(server.url, { headers, backoff: QUICK }))
    expect(server.requests.map((request) => request.headers)).toMatchObject([headers, headers])
    expect(server.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '1'])
  })

  it('headers: a function, asked at each attempt, with what went before', async () => {
    const server = await serve([[{ event: { id: '1', data: 'a' } }], [{ cut: 'reset' }], [{ status: 204 }]])
    const asked: unknown[] = []
    const source = open(server.url, {
      backoff: QUICK,
      headers: async ({ number, lastEventId, cause, signal }) => {
        asked.push([number, lastEventId, cause?.kind, signal.aborted])
        return { 'x-token': `token ${number}` }
      },
    })
    await untilClosed(source)
    expect(asked).toEqual([
      [1, '', undefined, false],
      [2, '1', undefined, false],
      [3, '1', 'network', false],
    ])
    expect(server.requests.map((request) => request.headers['x-token'])).toEqual(['token 1', 'token 2', 'token 3'])
  })

  it('method and body: sent again when the stream ends', async () => {
    const server = await serve([[{ event: { data: 'a' } }], [{ status: 204 }]])
    const headers = { 'content-type': 'application/json' }
    await untilClosed(open(server.url, { method: 'post', body: '{"a":1}', headers, backoff: QUICK }))
    expect(server.requests.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"a":1}'],
      ['POST', '{"a":1}'],
    ])
  })

  it('body: a function that makes a stream for each attempt', async () => {
    const server = await serve([[{ event: { data: 'a' } }], [{ status: 204 }]])
    const body = ({ number }: { number: number }): BodyInit => new Blob([`body ${number}`]).stream()
    await untilClosed(open(server.url, { method: 'POST', body, backoff: QUICK }))
    expect(server.requests.map((request) => request.body)).toEqual(['body 1', 'body 2'])
  })

  it('lastEventId: sent at once, and that of the events until the stream names another', async () => {
    const server = await serve([[{ event: { data: 'a' } }, { event: { id: '8', data: 'b' } }, { stall: true }]])
    const source = open(server.url, { lastEventId: '7' })
    expect((await next(source, 'message')).lastEventId).toBe('7')
    expect((await next(source, 'message')).lastEventId).toBe('8')
    expect(server.requests[0]!.lastEventId).toBe('7')
  })

  it('maxEventSize: past it the connection fails, after the events before', async () => {
    const server = await serve([{ event: { data: 'a' } }, { bytes: `data: ${'x'.repeat(200)}` }, { stall: true }])
    const source = open(server.url, { maxEventSize: 100 })
    const seen: string[] = []
    source.onmessage = ({ data }) => seen.push(data)
    const [error] = await untilClosed(source)
    expect([error!.kind, error!.code, error!.cause]).toEqual(['limit', 'ERR_CONNECT_LIMIT', expect.any(LimitError)])
    expect(seen).toEqual(['a'])
    await server.waitForIdle()
  })

  it('backoff: min in place of the 3 seconds, attempts as an end', async () => {
    const server = await serve(() => [{ cut: 'reset' }])
    const errors = await untilClosed(open(server.url, { backoff: { min: 1, factor: 1, attempts: 3 } }))
    expect(errors.map((error) => [error!.kind, error!.attempt])).toEqual([
      ['network', 1],
      ['network', 2],
      ['network', 3],
    ])
    expect(server.requests).toHaveLength(3)
  })
})

describe('an error event says in error', () => {
  const answers: [string, Step[], object][] = [
    ['a status', [{ status: 503, headers: { 'retry-after': '7' } }], { kind: 'http', status: 503, retryAfter: 7000 }],
    ['a status that is good for others', [{ status: 201 }], { kind: 'http', code: 'ERR_CONNECT_HTTP', status: 201 }],
    ['the end for good', [{ status: 204 }], { kind: 'http', status: 204 }],
    ['a type', [{ headers: { 'content-type': 'text/html' } }], { kind: 'content-type', status: 200 }],
  ]

  it.each(answers)('%s', async (_, steps, expected) => {
    const server = await serve([steps])
    const source = open(server.url)
    const event = await nextError(source)
    expect(event.constructor).toBe(Event)
    expect(event.error).toBeInstanceOf(ConnectError)
    expect(event.error).toMatchObject({ attempt: 1, ...expected })
    expect(source.readyState).toBe(source.CLOSED)
  })

  it('the end of a stream', async () => {
    const server = await serve([[{ event: { data: 'a' } }]])
    const source = open(server.url)
    const { error } = await nextError(source)
    expect([error!.kind, error!.status, error!.attempt, source.readyState]).toEqual(['network', 200, 1, 0])
  })

  it('a lost connection, with what fetch threw', async () => {
    const server = await serve([[{ event: { data: 'a' }, cutAfter: -3, cut: 'reset' }]])
    const { error } = await nextError(open(server.url))
    expect([error!.kind, error!.cause]).toEqual(['network', expect.any(Error)])
  })

  it('a scheme', async () => {
    const { error } = await nextError(open('ws://example.com/'))
    expect([error!.kind, error!.message]).toEqual(['network', expect.stringContaining('ws:')])
  })

  it('a fetch that cannot stream', async () => {
    const headers = { 'content-type': 'text/event-stream' }
    const fetch = async (): Promise<Response> => ({ ok: true, status: 200, headers: new Headers(headers) }) as Response
    const source = open('http://example.com/', { fetch })
    const { error } = await nextError(source)
    expect([error!.code, source.readyState]).toEqual(['ERR_CONNECT_NO_BODY', 2])
  })

  it('the end of a body that is null: it opens, and comes again', async () => {
    const headers = { 'content-type': 'text/event-stream' }
    const source = open('http://example.com/', { fetch: async () => new Response(null, { headers }) })
    await next(source, 'open')
    const { error } = await nextError(source)
    expect([error!.kind, source.readyState]).toEqual(['network', 0])
  })

  it('a header function that throws: it fails for good', async () => {
    const cause = new Error('mine')
    const headers = (): never => {
      throw cause
    }
    const source = open('http://example.com/', { headers })
    const { error } = await nextError(source)
    expect([error!.kind, error!.cause, source.readyState]).toEqual(['hook', cause, 2])
  })

  it('nothing, where the server sends an event of that name', async () => {
    const server = await serve([[{ event: { event: 'error', data: 'a' } }, { stall: true }]])
    const event = await nextError(open(server.url))
    expect([event.error, (event as MessageEvent).data]).toEqual([undefined, 'a'])
  })
})

it('passes by what a standard init does not know either', () => {
  const source = open('http://127.0.0.1:1/', { signal: 5, mode: 7, proxy: null } as never)
  expect(source.readyState).toBe(0)
})

it('says with an OptionError which member makes no sense', () => {
  const wrong: [string, object][] = [
    ['fetch', { fetch: 'x' }],
    ['headers', { headers: { 'a b': 'x' } }],
    ['body', { body: 'x' }],
    ['method', { method: 'A B' }],
    ['lastEventId', { lastEventId: 7 }],
    ['lastEventId', { lastEventId: 'a\nb' }],
    ['maxEventSize', { maxEventSize: -1 }],
    ['maxEventSize', { maxEventSize: 'x' }],
    ['maxEventSize', { maxEventSize: '5' }],
    ['backoff', { backoff: 5 }],
    ['backoff.min', { backoff: { min: -1 } }],
    ['backoff.factor', { backoff: { factor: 0 } }],
    ['backoff.jitter', { backoff: { jitter: 2 } }],
    ['backoff.delay', { backoff: { delay: 5 } }],
  ]
  for (const [option, init] of wrong) {
    expect(() => open('http://127.0.0.1:1/', init), JSON.stringify(init)).toThrow(
      expect.objectContaining({ name: 'OptionError', code: 'ERR_OPTION', option }),
    )
  }
})
