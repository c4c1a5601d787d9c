import { describe, expect, it, vi } from 'vitest'
import { connect } from '../../src/client/connect.js'
import { ConnectError } from '../../src/errors/connect-error.js'
import type { Step } from '../../src/testing/script/steps.js'
import { collect, recorder, SOON, useBench } from '../support/client.js'

const bench = useBench()

const one: Step[] = [{ event: { id: '1', data: 'one' } }]
const two: Step[] = [{ event: { id: '2', data: 'two' } }]
const dropped = (steps: Step[]): Step[] => [...steps, { cut: 'reset' }]
const last = (event: { data: string }): boolean => event.data === 'two'

describe('a network error', () => {
  it.each(['GET', 'QUERY'])('on the first attempt of a %s is retried', async (method) => {
    const server = await bench.serve([[{ cut: 'reset' }], [{ cut: 'fin' }], two])
    const connection = connect(server.url, { method, backoff: SOON, until: last })
    expect(await collect(connection)).toEqual({ data: ['two'] })
    expect(server.requests.map((request) => request.method)).toEqual([method, method, method])
    expect(await connection.closed).toBe('end')
  })

  it('on the first attempt of a HEAD is retried; its answer has no body, which is a clean end', async () => {
    const server = await bench.serve([[{ cut: 'reset' }], [{ status: 200 }]])
    const connection = connect(server.url, { method: 'HEAD', backoff: SOON })
    expect(await collect(connection)).toEqual({ data: [] })
    expect(await connection.closed).toBe('end')
    expect(connection.response!.status).toBe(200)
  })

  it('from a port where nobody listens fails after so many attempts', async () => {
    const server = await bench.serve([])
    await server.close()
    const { changes, onState } = recorder()
    const connection = connect(server.url, { backoff: { ...SOON, attempts: 3 }, onState })
    const { error } = await collect(connection)
    expect(error).toBeInstanceOf(ConnectError)
    expect(error).toMatchObject({ kind: 'network', code: 'ERR_CONNECT_NETWORK', attempt: 3 })
    expect(((error as Error).cause as Error).cause).toMatchObject({ code: 'ECONNREFUSED' })
    expect(changes.map(({ state }) => state)).toEqual([
      'connecting',
      'waiting',
      'connecting',
      'waiting',
      'connecting',
      'closed',
    ])
    expect(changes.at(-1)!.error).toBe(error)
    expect(await connection.closed).toBe('failed')
    await expect(connection.opened).rejects.toBe(error)
  })
})

describe('204', () => {
  it('ends; what was received is delivered', async () => {
    const server = await bench.serve([dropped(one)])
    const connection = connect(server.url, { backoff: SOON })
    expect(await collect(connection)).toEqual({ data: ['one'] })
    expect(await connection.closed).toBe('no-content')
    expect(server.requests).toHaveLength(2)
  })

  it('as first answer ends without an error; opened rejects', async () => {
    const server = await bench.serve(() => undefined)
    const connection = connect(server.url)
    expect(await collect(connection)).toEqual({ data: [] })
    expect(await connection.closed).toBe('no-content')
    await expect(connection.opened).rejects.toMatchObject({ kind: 'http', status: 204 })
    expect(server.requests).toHaveLength(1)
  })
})

describe('statuses', () => {
  it.each([408, 425, 429, 500, 502, 503, 504])('%i is retried', async (status) => {
    const server = await bench.serve([[{ status }, { bytes: 'busy' }], two])
    const { changes, onState } = recorder()
    expect(await collect(connect(server.url, { backoff: SOON, until: last, onState }))).toEqual({ data: ['two'] })
    expect(changes[1]).toMatchObject({ state: 'waiting', error: { kind: 'http', status, code: 'ERR_CONNECT_HTTP' } })
  })

  it('a refusal whose body never ends is retried, with what has come of it', async () => {
    const server = await bench.serve([[{ status: 502 }, { bytes: 'busy' }, { stall: true }], two])
    const { changes, onState } = recorder()
    expect(await collect(connect(server.url, { backoff: SOON, until: last, onState }))).toEqual({ data: ['two'] })
    expect(changes[1]).toMatchObject({ state: 'waiting', error: { status: 502, body: 'busy' } })
  })

  it.each([205, 300, 304, 400, 401, 403, 404, 405, 410, 418, 422, 501, 505, 511])('%i fails', async (status) => {
    const server = await bench.serve([[{ status, headers: { 'content-type': 'text/event-stream' } }]])
    const connection = connect(server.url, { backoff: SOON })
    const { error } = await collect(connection)
    expect(error).toMatchObject({ status, attempt: 1 })
    expect((error as ConnectError).response?.status).toBe(status)
    expect(await connection.closed).toBe('failed')
    expect(server.requests).toHaveLength(1)
  })

  it.each([200, 201, 202, 206])('%i with an event stream is one', async (status) => {
    const server = await bench.serve([[{ status, headers: { 'content-type': 'text/event-stream' } }, ...two]])
    expect(await collect(connect(server.url, { until: last }))).toEqual({ data: ['two'] })
  })

  it('a body of a 401 or 500 is never parsed', async () => {
    const server = await bench.serve([
      [{ status: 500, headers: { 'content-type': 'text/event-stream' } }, ...one],
      [{ status: 401, headers: { 'content-type': 'text/event-stream' } }, ...one],
    ])
    const { data, error } = await collect(connect(server.url, { backoff: SOON }))
    expect(data).toEqual([])
    expect(error).toMatchObject({ kind: 'http', status: 401, attempt: 2 })
  })
})

describe('the content type', () => {
  it.each(['text/event-stream', 'Text/Event-Stream; charset=iso-8859-1', 'text/event-stream;charset=utf-16'])(
    '%s is an event stream, read as UTF-8',
    async (type) => {
      const server = await bench.serve([[{ headers: { 'content-type': type } }, { event: { data: 'grün' } }]])
      expect(await collect(connect(server.url, { reconnect: 'never' }))).toEqual({ data: ['grün'] })
    },
  )

  it.each([
    ['text/html', [{ stall: true } as const]],
    ['text/event-streams', []],
    ['application/json', []],
    [null, []],
  ])('%s fails', async (type, rest) => {
    const server = await bench.serve([[{ headers: { 'content-type': type } }, ...one, ...rest]])
    const { data, error } = await collect(connect(server.url))
    expect(data).toEqual([])
    expect(error).toMatchObject({ kind: 'content-type', code: 'ERR_CONNECT_CONTENT_TYPE', status: 200 })
    expect(server.requests).toHaveLength(1)
  })
})

describe('Retry-After', () => {
  it('in seconds holds the next attempt back, beyond the longest backoff', async () => {
    const server = await bench.serve([[{ status: 503, headers: { 'retry-after': '1' } }], two])
    const { changes, onState } = recorder()
    await collect(connect(server.url, { backoff: SOON, until: last, onState }))
    expect(changes[1]).toMatchObject({ delay: 1000, error: { retryAfter: 1000 } })
    expect(server.requests[1]!.time - server.requests[0]!.time).toBeGreaterThan(990)
  })

  it('as a date is clamped by retryHint', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString()
    const server = await bench.serve([[{ status: 429, headers: { 'retry-after': date } }], two])
    const { changes, onState } = recorder()
    await collect(connect(server.url, { backoff: SOON, retryHint: { max: 30 }, until: last, onState }))
    expect(changes[1]).toMatchObject({ delay: 30, error: { status: 429 } })
    expect(changes[1]!.error!.retryAfter).toBeGreaterThan(3_590_000)
  })

  it('is ignored where retryHint is false', async () => {
    const server = await bench.serve([[{ status: 503, headers: { 'retry-after': '99999' } }], two])
    expect(await collect(connect(server.url, { backoff: SOON, retryHint: false, until: last }))).toEqual({
      data: ['two'],
    })
  })
})

describe('a redirect', () => {
  it('is followed; origin is the final one; the next attempt starts from the original URL', async () => {
    const target = await bench.serve([dropped(one), two])
    const server = await bench.serve(() => [{ redirect: target.url + 'moved', status: 302 }])
    const connection = connect(server.url, { backoff: SOON, until: last })
    const origins: string[] = []
    for await (const event of connection) origins.push(event.origin)
    expect(origins).toEqual([new URL(target.url).origin, new URL(target.url).origin])
    expect(server.requests).toHaveLength(2)
    expect(target.requests.map((request) => request.lastEventId)).toEqual([undefined, '1'])
  })

  it('to another origin does not take Authorization along', async () => {
    const target = await bench.serve([two])
    // Another port is another origin.
    const server = await bench.serve([[{ redirect: target.url }]])
    await collect(connect(server.url, { headers: { authorization: 'Bearer secret' }, until: last }))
    expect(server.requests[0]!.headers['authorization']).toBe('Bearer secret')
    expect(target.requests[0]!.headers).not.toHaveProperty('authorization')
  })
})

describe('a clean end', () => {
  it('of a GET reconnects', async () => {
    const server = await bench.serve([one, two])
    expect(await collect(connect(server.url, { backoff: SOON, until: last }))).toEqual({ data: ['one', 'two'] })
  })

  it.each(['POST', 'PUT', 'QUERY'])('of a %s ends the stream', async (method) => {
    const server = await bench.serve([one, two])
    const connection = connect(server.url, { method, backoff: SOON })
    expect(await collect(connection)).toEqual({ data: ['one'] })
    expect(await connection.closed).toBe('end')
    expect(server.requests).toHaveLength(1)
  })

  it('of a GET that brings nothing counts as an attempt', async () => {
    const server = await bench.serve(() => [{ bytes: '' }])
    const { error } = await collect(connect(server.url, { backoff: { ...SOON, attempts: 4 } }))
    expect(error).toMatchObject({ kind: 'network', message: expect.stringContaining('backoff.attempts') })
    expect(server.requests).toHaveLength(4)
  })

  it('that brought an event or an id does not', async () => {
    const server = await bench.serve((_, number) => {
      return number < 5 ? [{ bytes: ['data: x\n\n', 'id: 1\n\n'][number % 2]! }] : undefined
    })
    const connection = connect(server.url, { backoff: { ...SOON, attempts: 1 }, retryHint: { min: 1 } })
    expect(await collect(connection)).toEqual({ data: ['x', 'x'] })
    expect(server.requests).toHaveLength(5)
  })

  it('that brought a comment or a `retry:` alone counts: the delay grows', async () => {
    const server = await bench.serve((_, number) => (number < 4 ? [{ bytes: ': hi\nretry: 4\n\n' }] : two))
    const delays: unknown[] = []
    const onState = ({ delay }: { delay?: number }): unknown => delay !== undefined && delays.push(delay)
    const backoff = { min: 1, max: 100, jitter: 0, factor: 2 }
    await collect(connect(server.url, { backoff, retryHint: { min: 1 }, until: last, onState }))
    expect(delays).toEqual([4, 8, 16])
  })
})

describe('a POST', () => {
  const post = { method: 'POST', body: 'order', backoff: SOON }

  it.each([408, 425, 429])('is retried on %i: the server has not acted', async (status) => {
    const server = await bench.serve([[{ status }], two])
    expect(await collect(connect(server.url, post))).toEqual({ data: ['two'] })
    expect(server.requests.map((request) => request.body)).toEqual(['order', 'order'])
  })

  it.each([503, 529])('is retried on %i with Retry-After, which a proxy does not send', async (status) => {
    const server = await bench.serve([[{ status, headers: { 'retry-after': '0' } }], two])
    expect(await collect(connect(server.url, post))).toEqual({ data: ['two'] })
  })

  it.each([500, 502, 503, 504, 520, 529])('fails on %i: the server may have acted', async (status) => {
    const server = await bench.serve([[{ status }], two])
    expect(await collect(connect(server.url, post))).toMatchObject({ data: [], error: { kind: 'http', status } })
    expect(server.requests).toHaveLength(1)
  })

  it('that loses its connection without an answer fails', async () => {
    const server = await bench.serve([[{ cut: 'reset' }], two])
    expect(await collect(connect(server.url, post))).toMatchObject({ data: [], error: { kind: 'network' } })
    expect(server.requests).toHaveLength(1)
  })

  it('is not sent again after a drop without an id', async () => {
    const server = await bench.serve([dropped([{ event: { data: 'one' } }]), two])
    expect(await collect(connect(server.url, post))).toMatchObject({ data: ['one'], error: { kind: 'network' } })
    expect(server.requests).toHaveLength(1)
  })

  it('is not sent again after a drop unless resume was given in words', async () => {
    const server = await bench.serve([dropped(one), two])
    expect(await collect(connect(server.url, post))).toMatchObject({ data: ['one'], error: { kind: 'network' } })
    expect(server.requests).toHaveLength(1)
  })

  it('is resumed by another request where a function gives one, and errors follow its method', async () => {
    const server = await bench.serve([dropped(one), [{ status: 502 }], two])
    const resume = vi.fn(({ lastEventId }: { lastEventId: string }) => ({
      url: `again?after=${lastEventId}`,
      method: 'GET',
      headers: { 'x-resume': 'yes' },
      body: null,
    }))
    const options = { ...post, headers: { authorization: 'me' }, resume }
    expect(await collect(connect(server.url, options))).toEqual({ data: ['one', 'two'] })
    expect(server.requests.map(({ method, url, body, lastEventId }) => [method, url, body, lastEventId])).toEqual([
      ['POST', '/', 'order', undefined],
      ['GET', '/again?after=1', '', '1'],
      ['GET', '/again?after=1', '', '1'],
    ])
    expect(server.requests[2]!.headers).toMatchObject({ authorization: 'me', 'x-resume': 'yes' })
    expect(resume).toHaveBeenCalledTimes(2)
  })

  it('is resumed by another method where a function gives it, without the body of the first', async () => {
    const server = await bench.serve([dropped(one), [{ status: 502 }], two])
    const method = vi.fn(({ lastEventId }: { lastEventId: string }) => (lastEventId ? 'get' : 'post'))
    expect(await collect(connect(server.url, { ...post, method }))).toEqual({ data: ['one', 'two'] })
    expect(server.requests.map((request) => [request.method, request.body, request.lastEventId])).toEqual([
      ['POST', 'order', undefined],
      ['GET', '', '1'],
      ['GET', '', '1'],
    ])
    expect(method).toHaveBeenCalledTimes(3)
  })

  it('of a function is not sent again without a position, nor where resume is false', async () => {
    for (const [first, options] of [
      [{ event: { data: 'one' } }, {}],
      [one[0]!, { resume: false }],
    ] as const) {
      const server = await bench.serve([dropped([first]), two])
      const connection = connect(server.url, { ...post, ...options, method: async () => 'POST' })
      expect(await collect(connection)).toMatchObject({ data: ['one'], error: { kind: 'network' } })
      expect(server.requests).toHaveLength(1)
    }
  })

  it.each([['POST'], ['GET']])('of a function: a clean end follows the first one, %s', async (first) => {
    const server = await bench.serve([one, two])
    const method = ({ number }: { number: number }): string => (number === 1 ? first : 'GET')
    const connection = connect(server.url, { method, backoff: SOON })
    expect((await connection.next()).value?.data).toBe('one')
    const next = await connection.next()
    expect(next.value?.data).toBe(first === 'GET' ? 'two' : undefined)
    await connection.close()
    expect(await connection.closed).toBe(first === 'GET' ? 'closed' : 'end')
  })

  it.each([
    ['throws', () => Promise.reject(new Error('no method')), 'hook', /^method threw .*no method/],
    ['gives no string', () => 5 as never, 'hook', /^method threw .*it gave the method 5, not a string/],
    ['gives what fetch refuses', () => 'TRACE', 'network', /TRACE/],
  ])('of a function that %s fails at once', async (_, method, kind, message) => {
    const server = await bench.serve([one])
    const { data, error } = await collect(connect(server.url, { method, reconnect: 'always' }))
    expect([data, error]).toMatchObject([[], { kind, message: expect.stringMatching(message) }])
    expect(server.requests).toHaveLength(0)
  })

  it('fails where `resume` gives a method that is no string, and says so', async () => {
    const server = await bench.serve([dropped(one), two])
    const connection = connect(server.url, { ...post, resume: () => ({ method: 5 as never }) })
    const message = expect.stringMatching(/^resume threw .*it gave the method 5, not a string/)
    expect(await collect(connection)).toMatchObject({ data: ['one'], error: { kind: 'hook', message } })
    expect(server.requests).toHaveLength(1)
  })

  it('that ends cleanly before its last event was cut: it fails, or is resumed', async () => {
    const server = await bench.serve([one, one, two])
    const until = last
    const cut = await collect(connect(server.url, { ...post, until }))
    expect(cut).toMatchObject({ data: ['one'], error: { kind: 'incomplete', code: 'ERR_CONNECT_INCOMPLETE' } })
    expect(await collect(connect(server.url, { ...post, until, resume: 'header' }))).toEqual({ data: ['one', 'two'] })
    expect(server.requests).toHaveLength(3)
  })

  it('is resumed from a position that stands in the data', async () => {
    const server = await bench.serve([dropped([{ event: { data: 'at 7' } }]), two])
    const position = ({ data }: { data: string }): string | undefined => /at (.*)/.exec(data)?.[1]
    const connection = connect(server.url, { ...post, position, resume: { query: 'from' } })
    expect((await connection.next()).value?.data).toBe('at 7')
    expect(connection.lastEventId).toBe('7')
    expect((await connection.next()).value).toMatchObject({ data: 'two' })
    expect(server.requests[1]!.url).toBe('/?from=7')
    await connection.close()
  })

  it('is resumed after a drop where an id was seen, through what goes wrong meanwhile', async () => {
    const server = await bench.serve([dropped(one), [{ cut: 'reset' }], [{ status: 502 }], two])
    const options = { ...post, resume: 'header' } as const
    expect(await collect(connect(server.url, options))).toEqual({ data: ['one', 'two'] })
    expect(server.requests.map((request) => request.lastEventId)).toEqual([undefined, '1', '1', '1'])
    expect(server.requests.at(-1)!.body).toBe('order')
  })

  it('is not resumed where resume is false', async () => {
    const server = await bench.serve([dropped(one), two])
    expect(await collect(connect(server.url, { ...post, resume: false }))).toMatchObject({ data: ['one'] })
    expect(server.requests).toHaveLength(1)
  })

  it.each(['on-drop', 'always'] as const)('with reconnect %s is treated like a GET', async (reconnect) => {
    const server = await bench.serve([
      [{ status: 500 }],
      [{ cut: 'reset' }],
      dropped([{ event: { data: 'one' } }]),
      [{ event: { data: 'end' } }],
      [{ event: { data: 'again' } }],
    ])
    const { data } = await collect(connect(server.url, { ...post, reconnect }))
    expect(data).toEqual(reconnect === 'always' ? ['one', 'end', 'again'] : ['one', 'end'])
  })

  it('that is a stream is sent once, whatever happens', async () => {
    const server = await bench.serve([dropped(one), two])
    const body = new Blob(['order']).stream()
    expect(await collect(connect(server.url, { ...post, body }))).toMatchObject({ error: { kind: 'network' } })
    expect(server.requests.map((request) => request.body)).toEqual(['order'])
  })

  it('with a function for its body can send a stream again', async () => {
    const server = await bench.serve([dropped(one), two])
    const body = ({ number }: { number: number }): ReadableStream => new Blob([`order ${number}`]).stream()
    const options = { ...post, body, resume: 'header' } as const
    expect(await collect(connect(server.url, options))).toEqual({ data: ['one', 'two'] })
    expect(server.requests.map((request) => request.body)).toEqual(['order 1', 'order 2'])
  })
})

describe('reconnect: never', () => {
  it.each([
    ['a lost connection', [{ cut: 'reset' }] as Step[], { kind: 'network' }],
    ['a 503', [{ status: 503 }] as Step[], { kind: 'http', status: 503 }],
    ['a drop', dropped(one), { kind: 'network', status: 200 }],
  ])('%s is final', async (_, steps, error) => {
    const server = await bench.serve([steps, two])
    expect((await collect(connect(server.url, { reconnect: 'never', backoff: SOON }))).error).toMatchObject(error)
    expect(server.requests).toHaveLength(1)
  })

  it('a clean end ends', async () => {
    const server = await bench.serve([one, two])
    expect(await collect(connect(server.url, { reconnect: 'never' }))).toEqual({ data: ['one'] })
  })
})

describe('retry:', () => {
  it('replaces the base delay, also above max, clamped', async () => {
    const server = await bench.serve([
      dropped([{ bytes: 'retry: 70\n\n' }]),
      dropped([{ bytes: 'retry: 99999999999\n' }]),
      two,
    ])
    const { changes, onState } = recorder()
    const backoff = { ...SOON, jitter: 0 }
    await collect(connect(server.url, { backoff, retryHint: { max: 90 }, until: last, onState }))
    expect(changes.filter(({ state }) => state === 'waiting').map(({ delay }) => delay)).toEqual([70, 90])
  })

  it('never makes a delay that a timer cannot keep', async () => {
    const server = await bench.serve([dropped([{ bytes: 'retry: 99999999999\n\n' }]), two])
    const { changes, onState } = recorder()
    const connection = connect(server.url, {
      backoff: { jitter: 0 },
      onState: (change) => {
        onState(change)
        if (change.state === 'waiting') setTimeout(() => void connection.close(), 30)
      },
    })
    await collect(connection)
    expect(changes[2]).toMatchObject({ state: 'waiting', delay: 2 ** 31 - 1 })
    expect(server.requests).toHaveLength(1)
  })

  it('of zero does not hammer', async () => {
    const server = await bench.serve([dropped([{ bytes: 'retry: 0\n\n' }]), two])
    const { changes, onState } = recorder()
    await collect(connect(server.url, { backoff: { ...SOON, jitter: 0 }, until: last, onState }))
    expect(changes[2]).toMatchObject({ state: 'waiting', delay: 10 })
  })
})

describe('resume', () => {
  it('sends ids as their UTF-8 bytes', async () => {
    const ids = ['é', 'Zürich ✓', '日本', '🦊']
    const server = await bench.serve((_, number) => {
      return number <= ids.length ? dropped([{ bytes: `id: ${ids[number - 1]}\n\n` }]) : undefined
    })
    await collect(connect(server.url, { backoff: SOON }))
    expect(server.requests.map((request) => request.lastEventId)).toEqual([undefined, ...ids])
  })

  it('leaves out an id that no header can carry, and goes on', async () => {
    const server = await bench.serve([dropped([{ bytes: 'id: a\u0001b\ndata: one\n\n' }]), two])
    expect(await collect(connect(server.url, { backoff: SOON, until: last }))).toEqual({ data: ['one', 'two'] })
    expect(server.requests[1]!.lastEventId).toBeUndefined()
  })

  it('sends no header after a reset of the id', async () => {
    const server = await bench.serve([dropped(one), dropped([{ bytes: 'id\n\n' }]), two])
    await collect(connect(server.url, { backoff: SOON, until: last }))
    expect(server.requests.map((request) => request.lastEventId)).toEqual([undefined, '1', undefined])
  })

  it('drops an unfinished event with its id', async () => {
    const server = await bench.serve([[...one, { bytes: 'id: half\ndata: half\n' }, { cut: 'fin' }], [...two]])
    expect(await collect(connect(server.url, { backoff: SOON, until: last }))).toEqual({ data: ['one', 'two'] })
    expect(server.requests[1]!.lastEventId).toBe('1')
  })

  it('by query leaves the rest of the URL as it was written', async () => {
    const server = await bench.serve([dropped([{ event: { id: 'a b&c\u0001', data: 'one' } }]), two])
    await collect(connect(server.url + 'x?sig=a%20b', { resume: { query: 'last id' }, backoff: SOON, until: last }))
    expect(server.requests.map((request) => request.url)).toEqual(['/x?sig=a%20b', '/x?sig=a%20b&last+id=a+b%26c%01'])
    expect(server.requests[1]!.lastEventId).toBeUndefined()
  })

  it('starts from lastEventId', async () => {
    const server = await bench.serve([two])
    const connection = connect(server.url, { lastEventId: '7', until: last })
    expect(connection.lastEventId).toBe('7')
    await collect(connection)
    expect(server.requests[0]!.lastEventId).toBe('7')
    expect(connection.lastEventId).toBe('2')
  })
})
