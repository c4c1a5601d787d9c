import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { connect } from '../../../src/client/connect.js'
import type { ConnectError } from '../../../src/errors/connect-error.js'
import { collect } from '../../support/client.js'

const url = 'http://example.com/'
const stream = (text: string) => async (): Promise<Response> =>
  new Response(text, { headers: { 'content-type': 'text/event-stream' } })
const events = (...datas: string[]) => stream(datas.map((data, at) => `id: ${at + 1}\ndata: ${data}\n\n`).join(''))

const schemas = {
  zod: z.object({ n: z.number().transform((n) => n * 2) }),
  'zod, asynchronous': z.object({ n: z.number().transform(async (n) => n * 2) }),
  valibot: v.object({
    n: v.pipe(
      v.number(),
      v.transform((n) => n * 2),
    ),
  }),
  'valibot, asynchronous': v.objectAsync({
    n: v.pipeAsync(
      v.number(),
      v.transformAsync(async (n) => n * 2),
    ),
  }),
  arktype: type({ n: type('number').pipe((n) => n * 2) }),
}

describe.each(Object.entries(schemas))('a schema of %s', (_, message) => {
  const options = { decode: { message }, reconnect: 'never' } as const

  it('decodes JSON; raw keeps the text', async () => {
    const seen = []
    for await (const event of connect(url, { ...options, fetch: events('{"n":1}', '{"n":2}') })) seen.push(event)
    expect(seen).toEqual([
      { event: 'message', key: 'message', data: { n: 2 }, id: '1', raw: '{"n":1}', origin: 'http://example.com' },
      { event: 'message', key: 'message', data: { n: 4 }, id: '2', raw: '{"n":2}', origin: 'http://example.com' },
    ])
  })

  it('throws what does not fit, after what came before', async () => {
    const connection = connect(url, { ...options, fetch: events('{"n":1}', '{"n":"x"}', '{"n":3}') })
    const { data, error } = await collect(connection)
    expect(data).toEqual([{ n: 2 }])
    expect(error).toMatchObject({ kind: 'decode', code: 'ERR_CONNECT_DECODE', attempt: 1, status: 200 })
    expect((error as Error).message).toContain('n: ')
    expect((error as { cause: { issues: unknown[] } }).cause.issues).toHaveLength(1)
    expect(await connection.closed).toBe('failed')
    expect(connection.lastEventId).toBe('1')
    expect(await connection.next()).toEqual({ done: true, value: undefined })
  })

  it('skips it, or tells it, where that is asked for', async () => {
    const fetch = events('{"n":1}', '{"n":"x"}', '{"n":3}')
    expect(await collect(connect(url, { ...options, fetch, onInvalid: 'skip' }))).toEqual({
      data: [{ n: 2 }, { n: 6 }],
    })
    const onInvalid = vi.fn()
    await collect(connect(url, { ...options, fetch, onInvalid }))
    expect(onInvalid.mock.calls).toEqual([
      [{ event: 'message', data: '{"n":"x"}', id: '2' }, expect.objectContaining({ issues: expect.any(Array) })],
    ])
  })

  it('keeps the order of calls that wait at the same time', async () => {
    const connection = connect(url, { ...options, fetch: events('{"n":1}', '{"n":2}', '{"n":3}') })
    const results = await Promise.all([connection.next(), connection.next(), connection.next(), connection.next()])
    expect(results.map(({ value }) => value?.data.n)).toEqual([2, 4, 6, undefined])
  })

  it('delivers nothing after close()', async () => {
    const connection = connect(url, { ...options, fetch: events('{"n":1}', '{"n":2}') })
    await connection.next()
    const pending = connection.next()
    void connection.close()
    // What was decoded at once was delivered before.
    expect([{ n: 4 }, undefined]).toContainEqual((await pending).value?.data)
    expect(await connection.next()).toEqual({ done: true, value: undefined })
  })
})

describe('a decoder', () => {
  it('may be a function of the text; types without one are left out', async () => {
    const decode = { upper: (raw: string) => raw.toUpperCase(), size: (raw: string) => raw.length }
    const fetch = stream('event: upper\ndata: a\n\nevent: size\ndata: abc\n\nevent: other\ndata: d\n\ndata: e\n\n')
    const seen = []
    for await (const { event, data } of connect(url, { decode, reconnect: 'never', fetch })) seen.push([event, data])
    expect(seen).toEqual([
      ['upper', 'A'],
      ['size', 3],
    ])
  })

  it('does not see leading spaces eaten, nor ids turned into numbers', async () => {
    const fetch = stream('id: 007\ndata:   - item\ndata: x\n\n')
    const { value } = await connect(url, { fetch, decode: { message: (raw) => raw } }).next()
    expect(value).toMatchObject({ id: '007', raw: '  - item\nx', data: '  - item\nx' })
  })

  it.each(['__proto__', 'toString', 'constructor', 'hasOwnProperty', 'error'])('of an event named %s', async (name) => {
    const fetch = stream(`event: ${name}\ndata: a\n\n`)
    expect(await collect(connect(url, { fetch, decode: { x: () => 1 }, reconnect: 'never' }))).toEqual({ data: [] })
    const rest = { x: () => 1, '*': (raw: string) => raw }
    expect(await collect(connect(url, { fetch, decode: rest, reconnect: 'never' }))).toEqual({ data: ['a'] })
    const decode = { [name]: (raw: string) => raw + '!' }
    expect(await collect(connect(url, { fetch, decode, reconnect: 'never' }))).toEqual({ data: ['a!'] })
  })

  it('that throws is a decode error with its cause', async () => {
    const cause = new Error('bad')
    const message = (): never => {
      throw cause
    }
    const { error } = await collect(connect(url, { fetch: events('a'), decode: { message } }))
    expect(error).toMatchObject({ kind: 'decode', cause })
  })

  it('is not asked again through retryIf: the data is at fault, not the connection', async () => {
    const retryIf = vi.fn(() => true)
    const { error } = await collect(connect(url, { fetch: events('{'), decode: { message: z.number() }, retryIf }))
    expect((error as ConnectError).cause).toBeInstanceOf(SyntaxError)
    expect(retryIf).not.toHaveBeenCalled()
  })

  it('of an end marker may fail: the stream ends', async () => {
    const options = { decode: { message: z.number() }, until: ({ data }: { data: string }) => data === '[DONE]' }
    const connection = connect(url, { ...options, fetch: events('1', '2', '[DONE]', '3') })
    expect(await collect(connection)).toEqual({ data: [1, 2] })
    expect(await connection.closed).toBe('end')
    const whole = connect(url, {
      decode: { message: z.number() },
      until: ({ data }) => data === '2',
      fetch: events('1', '2', '3'),
    })
    expect(await collect(whole)).toEqual({ data: [1, 2] })
  })

  it.each(['close()', 'an abort'])('that never answers holds up neither next() nor %s', async (how) => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const decode = { message: () => new Promise<never>(() => {}) }
    const connection = connect(url, { fetch: events('a', 'b'), decode, signal: controller.signal })
    const pending = Promise.allSettled([connection.next(), connection.next()])
    await connection.opened
    await new Promise((resolve) => setImmediate(resolve))
    if (how === 'close()') await connection.close()
    else controller.abort(reason)
    const done = { status: 'fulfilled', value: { done: true, value: undefined } }
    expect(await pending).toEqual([how === 'close()' ? done : { status: 'rejected', reason }, done])
  })

  it('onInvalid that throws is a hook error', async () => {
    const cause = new Error('strict')
    const onInvalid = (): never => {
      throw cause
    }
    const { error } = await collect(connect(url, { fetch: events('x'), decode: { message: z.number() }, onInvalid }))
    expect(error).toMatchObject({ kind: 'hook', cause })
  })

  it.each([
    [undefined, ['1'], { kind: 'hook' }, 'failed'],
    [false, ['1'], { kind: 'hook' }, 'failed'],
    ['end', ['1'], undefined, 'end'],
    [true, ['1', '2', '3'], undefined, 'no-content'],
    [0, ['1', '2', '3'], undefined, 'no-content'],
  ] as const)(
    'onInvalid that throws goes through retryIf like other hooks: %s',
    async (answer, seen, error, closed) => {
      const answers = [events('1', '2', '3'), stream('id: 2\ndata: 2\n\nid: 3\ndata: 3\n\n')]
      const requests: RequestInit[] = []
      const connection = connect(url, {
        fetch: async (_, init) => {
          requests.push(init)
          return (await answers.shift()?.()) ?? new Response(null, { status: 204 })
        },
        decode: {
          message(raw) {
            if (raw === '2' && requests.length === 1) throw new Error('no 2')
            return raw
          },
        },
        onInvalid() {
          throw new Error('strict')
        },
        retryIf: async ({ kind }) => (kind === 'hook' ? answer : undefined),
        backoff: { min: 0 },
      })
      const result = await collect(connection)
      expect(result.data).toEqual(seen)
      if (error) expect(result.error).toMatchObject(error)
      else expect(result.error).toBeUndefined()
      expect(await connection.closed).toBe(closed)
      // The event whose hook threw is asked for again, and what was read behind it.
      if (closed === 'no-content') expect(new Headers(requests[1]!.headers).get('last-event-id')).toBe('1')
      else expect(connection.lastEventId).toBe('1')
    },
  )
})
