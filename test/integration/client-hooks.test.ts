import { describe, expect, it, vi } from 'vitest'
import { connect } from '../../src/client/connect.js'
import type { Attempt, ConnectOptions } from '../../src/client/types.js'
import type { ConnectError } from '../../src/errors/connect-error.js'
import type { Step } from '../../src/testing/script/steps.js'
import { collect, recorder, SOON, useBench } from '../support/client.js'

const bench = useBench()

const one: Step[] = [{ event: { id: '1', data: 'one' } }]
const two: Step[] = [{ event: { id: '2', data: 'two' } }]
const isTwo = (event: { data: string }): boolean => event.data === 'two'
const problem = new Error('no token')
const fails = (): never => {
  throw problem
}

describe('headers and body', () => {
  it('are asked at every attempt, with what is known about it', async () => {
    const server = await bench.serve([
      [{ status: 503, headers: { 'retry-after': '0' } }],
      [...one, { cut: 'reset' }],
      two,
    ])
    const attempts: Attempt[] = []
    const connection = connect(server.url, {
      method: 'POST',
      headers: async (attempt) => {
        attempts.push(attempt)
        return { authorization: `Bearer ${attempt.number}` }
      },
      body: ({ number, lastEventId }) => `${number} after ${lastEventId}`,
      resume: 'header',
      backoff: SOON,
    })
    expect(await collect(connection)).toEqual({ data: ['one', 'two'] })
    expect(server.requests.map(({ headers, body }) => [headers['authorization'], body])).toEqual([
      ['Bearer 1', '1 after '],
      ['Bearer 2', '2 after '],
      ['Bearer 3', '3 after 1'],
    ])
    expect(attempts.map(({ number, lastEventId, cause }) => [number, lastEventId, cause?.kind])).toEqual([
      [1, '', undefined],
      [2, '', 'http'],
      [3, '1', 'network'],
    ])
    expect(attempts.map(({ signal }) => signal.aborted)).toEqual([true, true, true])
  })

  it('default to what an event stream needs, and may say otherwise', async () => {
    const server = await bench.serve(() => two)
    await collect(connect(server.url, { until: isTwo }))
    await collect(connect(server.url, { until: isTwo, headers: { accept: 'a/b', 'x-own': '1' }, cache: 'default' }))
    expect(server.requests[0]!.headers).toMatchObject({ accept: 'text/event-stream', 'cache-control': 'no-cache' })
    expect(server.requests[1]!.headers).toMatchObject({ accept: 'a/b', 'x-own': '1' })
    expect(server.requests[1]!.headers).not.toHaveProperty('cache-control')
  })
})

it('an until that gives a promise is refused, not taken for a yes', async () => {
  const server = await bench.serve(() => [...one, { stall: true }])
  const { data, error } = await collect(connect(server.url, { until: (async () => false) as never }))
  expect(data).toEqual([])
  expect(error).toMatchObject({ kind: 'hook', message: expect.stringContaining('until gave a promise, not a boolean') })
})

it('an onInvalid that rejects is a hook error, and no unhandled rejection', async () => {
  const server = await bench.serve(() => [...one, { stall: true }])
  const options = { decode: { message: () => fails() }, onInvalid: async () => fails() }
  const { error } = await collect(connect(server.url, options as ConnectOptions))
  expect(error).toMatchObject({ kind: 'hook', cause: problem })
})

describe('a function that throws', () => {
  const cases: [name: string, options: ConnectOptions][] = [
    ['headers', { headers: fails }],
    ['headers, rejecting', { headers: async () => fails() }],
    ['headers, with a value that is none', { headers: () => ({ 'x-bad': 'a\nb' }) }],
    ['body', { method: 'POST', body: fails }],
    ['onOpen', { onOpen: fails }],
    ['onOpen, rejecting', { onOpen: async () => fails() }],
    ['onComment', { onComment: fails }],
    ['until', { until: fails }],
    ['onComment, rejecting', { onComment: async () => fails() }],
    ['onState open, rejecting', { onState: async ({ state }) => void (state === 'open' && fails()) }],
    ['onState connecting', { onState: ({ state }) => void (state === 'connecting' && fails()) }],
    ['onState open', { onState: ({ state }) => void (state === 'open' && fails()) }],
  ]

  it.each(cases)('%s: the loop throws a hook error', async (name, options) => {
    const server = await bench.serve(() => [{ bytes: ': hi\n\n' }, ...one, { stall: true }])
    const connection = connect(server.url, { ...options, backoff: SOON })
    const { error } = await collect(connection)
    expect(error).toMatchObject({ kind: 'hook', code: 'ERR_CONNECT_HOOK', attempt: 1 })
    if (!name.includes('none')) expect((error as Error).cause).toBe(problem)
    expect(await connection.closed).toBe('failed')
    expect(server.requests.length).toBeLessThan(2)
  })

  it('onState waiting', async () => {
    const server = await bench.serve([[{ status: 503 }], two])
    const onState = ({ state }: { state: string }): void => void (state === 'waiting' && fails())
    expect((await collect(connect(server.url, { onState }))).error).toMatchObject({ kind: 'hook', cause: problem })
    expect(server.requests).toHaveLength(1)
  })

  it('onState closed: told where no other error is', async () => {
    const server = await bench.serve(() => two)
    const onState = ({ state }: { state: string }): void => void (state === 'closed' && fails())
    const connection = connect(server.url, { until: isTwo, onState })
    expect(await collect(connection)).toMatchObject({ data: ['two'], error: { kind: 'hook', cause: problem } })
    expect(await connection.closed).toBe('failed')
    const other = connect(server.url + '404', { onState, fetch: async () => new Response('', { status: 404 }) })
    expect(await collect(other)).toMatchObject({ error: { kind: 'http', status: 404 } })
  })

  it('onState closed: an aborted signal comes first, and nothing is delivered after it', async () => {
    const server = await bench.serve([[{ bytes: 'data: one\n\ndata: two\n\n' }, { stall: true }]])
    const controller = bench.controller()
    const onState = ({ state }: { state: string }): void => void (state === 'closed' && fails())
    const connection = connect(server.url, { signal: controller.signal, onState })
    await connection.next()
    controller.abort(problem)
    expect(await collect(connection)).toEqual({ data: [], error: problem })
    expect(await connection.closed).toBe('aborted')
  })

  it.each(['connecting', 'open'])('onState %s goes through retryIf', async (when) => {
    const server = await bench.serve(() => two)
    const onState = vi.fn(({ state }: { state: string }): void => {
      if (state === when && onState.mock.calls.filter(([change]) => change.state === when).length === 1) fails()
    })
    const retryIf = vi.fn(() => true)
    expect(await collect(connect(server.url, { onState, retryIf, until: isTwo, backoff: SOON }))).toEqual({
      data: ['two'],
    })
    expect(retryIf).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ kind: 'hook', cause: problem }),
      expect.objectContaining({ number: 1 }),
    )
  })

  it('onState waiting is final: else each wait would be refused anew', async () => {
    const server = await bench.serve(() => [{ status: 503 }])
    const retryIf = vi.fn(() => true)
    const onState = ({ state }: { state: string }): void => void (state === 'waiting' && fails())
    expect(await collect(connect(server.url, { onState, retryIf }))).toMatchObject({ error: { kind: 'hook' } })
    expect(retryIf).toHaveBeenCalledTimes(1)
  })

  it('goes through retryIf like any other error', async () => {
    const server = await bench.serve([two])
    const headers = vi.fn().mockRejectedValueOnce(problem).mockResolvedValue({})
    const retryIf = vi.fn((error: ConnectError) => error.kind === 'hook')
    expect(await collect(connect(server.url, { headers, retryIf, until: isTwo, backoff: SOON }))).toEqual({
      data: ['two'],
    })
    expect(retryIf).toHaveBeenCalledTimes(1)
  })

  it('until and onComment: what came before is delivered, and what follows a retry too', async () => {
    const server = await bench.serve([
      [{ bytes: 'id: 1\ndata: one\n\n: bad\n\nid: x\ndata: x\n\n' }, { stall: true }],
      two,
    ])
    const onComment = vi.fn().mockImplementationOnce(fails)
    const options = { onComment, retryIf: () => true, until: isTwo, backoff: SOON }
    expect(await collect(connect(server.url, options))).toEqual({ data: ['one', 'x', 'two'] })
    // What was received is not asked for again.
    expect(server.requests[1]!.lastEventId).toBe('x')
  })
})

describe('retryIf', () => {
  it('true retries what would fail, within backoff.attempts', async () => {
    const server = await bench.serve(() => [{ status: 401 }])
    const { error } = await collect(connect(server.url, { retryIf: () => true, backoff: { ...SOON, attempts: 3 } }))
    expect(error).toMatchObject({ status: 401, attempt: 3 })
    expect(server.requests).toHaveLength(3)
  })

  it('false fails what would be retried', async () => {
    const server = await bench.serve([[{ status: 503 }], two])
    const retryIf = vi.fn(async () => false)
    expect((await collect(connect(server.url, { retryIf }))).error).toMatchObject({ status: 503 })
    expect(retryIf.mock.calls[0]).toMatchObject([
      { status: 503, attempt: 1 },
      { number: 1, lastEventId: '' },
    ])
  })

  it('a number is the delay', async () => {
    const server = await bench.serve([[{ status: 401, headers: { 'retry-after': '99' } }], two])
    const { changes, onState } = recorder()
    await collect(connect(server.url, { retryIf: () => 3, until: isTwo, onState }))
    expect(changes[1]).toMatchObject({ state: 'waiting', delay: 3 })
  })

  it('a number above what a timer can keep is the longest it can', async () => {
    const server = await bench.serve([[{ status: 401 }]])
    const { changes, onState } = recorder()
    const connection = connect(server.url, {
      retryIf: () => Infinity,
      onState: (change) => {
        onState(change)
        if (change.state === 'waiting') void connection.close()
      },
    })
    await collect(connection)
    expect(changes[1]!.delay).toBe(2 ** 31 - 1)
  })

  it("'end' ends without an error", async () => {
    const server = await bench.serve([[...one, { cut: 'reset' }]])
    const connection = connect(server.url, { retryIf: () => 'end' })
    expect(await collect(connection)).toEqual({ data: ['one'] })
    expect(await connection.closed).toBe('end')
  })

  it('undefined leaves the decision', async () => {
    const server = await bench.serve([[{ status: 503 }], [{ status: 404 }]])
    expect((await collect(connect(server.url, { retryIf: () => undefined, backoff: SOON }))).error).toMatchObject({
      status: 404,
    })
  })

  it.each([
    ['throws', fails],
    ['gives nonsense', () => NaN],
    ['gives a negative delay', () => -1],
  ])('that %s is a hook error', async (_, retryIf) => {
    const server = await bench.serve([[{ status: 503 }]])
    expect((await collect(connect(server.url, { retryIf }))).error).toMatchObject({ kind: 'hook' })
  })

  it('can read the body of a refused response, which is released afterwards', async () => {
    const server = await bench.serve([
      [{ status: 401 }, { bytes: '{"code":"expired"}' }],
      [{ status: 401 }, { bytes: '{"code":"revoked"}' }],
    ])
    const retryIf = async ({ response }: ConnectError): Promise<boolean> => {
      return ((await response!.json()) as { code: string }).code === 'expired'
    }
    expect((await collect(connect(server.url, { retryIf, backoff: SOON }))).error).toMatchObject({ attempt: 2 })
  })
})

describe('timeouts', () => {
  it('openTimeout bounds the time to the answer', async () => {
    const server = await bench.serve([[{ stall: true }], two])
    const { changes, onState } = recorder()
    const connection = connect(server.url, { openTimeout: 40, backoff: SOON, until: isTwo, onState })
    expect(await collect(connection)).toEqual({ data: ['two'] })
    expect(changes[1]!.error).toMatchObject({ kind: 'open-timeout', code: 'ERR_CONNECT_OPEN_TIMEOUT' })
    expect(await server.requests[0]!.closed).toBe('client')
  })

  it('openTimeout bounds a function that never answers', async () => {
    const connection = connect('http://127.0.0.1:9/', {
      headers: () => new Promise(() => {}),
      openTimeout: 10,
      backoff: { ...SOON, attempts: 2 },
    })
    expect((await collect(connection)).error).toMatchObject({ kind: 'open-timeout', attempt: 2 })
  })

  it('openTimeout of a POST fails: the server may have acted', async () => {
    const server = await bench.serve([[{ stall: true }], two])
    const { error } = await collect(connect(server.url, { method: 'POST', openTimeout: 20 }))
    expect(error).toMatchObject({ kind: 'open-timeout', attempt: 1 })
  })

  it('idleTimeout drops a silent connection, and any byte counts', async () => {
    const beat: Step[] = [{ wait: 25 }, { bytes: ':' }]
    const server = await bench.serve([[...one, ...beat, ...beat, ...beat, ...beat, { stall: true }], two])
    const { changes, onState } = recorder()
    const started = performance.now()
    const connection = connect(server.url, { idleTimeout: 60, backoff: SOON, until: isTwo, onState })
    expect(await collect(connection)).toEqual({ data: ['one', 'two'] })
    expect(performance.now() - started).toBeGreaterThan(155)
    expect(changes[2]!.error).toMatchObject({ kind: 'idle', code: 'ERR_CONNECT_IDLE', status: 200 })
    expect(server.requests[1]!.lastEventId).toBe('1')
  })

  it('idleTimeout does not count the time the loop takes', async () => {
    const server = await bench.serve([[...one, { bytes: 'data: more\n\n' }, ...two]])
    const connection = connect(server.url, { idleTimeout: 30, until: isTwo })
    const seen: string[] = []
    for await (const event of connection) {
      seen.push(event.data)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(seen).toEqual(['one', 'more', 'two'])
    expect(server.requests).toHaveLength(1)
  })
})

describe('limits', () => {
  it('an event above maxEventSize fails; those before it are delivered', async () => {
    const server = await bench.serve([[{ bytes: `data: one\n\ndata: ${'x'.repeat(2000)}\n\n` }, { stall: true }]])
    const connection = connect(server.url, { maxEventSize: 1000 })
    const { data, error } = await collect(connection)
    expect(data).toEqual(['one'])
    expect(error).toMatchObject({ kind: 'limit', code: 'ERR_CONNECT_LIMIT', cause: { code: 'ERR_EVENT_TOO_LARGE' } })
    expect(await server.requests[0]!.closed).toBe('client')
  })
})

describe('until', () => {
  it('delivers the last event, nothing behind it, and ends the stream', async () => {
    const server = await bench.serve([
      [{ bytes: 'id: 1\ndata: a\n\nid: 2\ndata: [DONE]\n\nid: 3\ndata: b\n\n' }, { stall: true }],
    ])
    const connection = connect(server.url, { until: ({ data }) => data === '[DONE]' })
    expect(await collect(connection)).toEqual({ data: ['a', '[DONE]'] })
    expect(await connection.closed).toBe('end')
    expect(connection.lastEventId).toBe('2')
    expect(await server.requests[0]!.closed).toBe('client')
    expect(server.requests).toHaveLength(1)
  })
})

describe('what is told', () => {
  it('onComment hears comments as they stand, onOpen each response, onState each change', async () => {
    const server = await bench.serve([[{ bytes: ':a\n: b\n\n' }, { cut: 'fin' }], two])
    const { changes, onState } = recorder()
    const comments: string[] = []
    const onOpen = vi.fn()
    const connection = connect(server.url, {
      onComment: (text) => comments.push(text),
      onOpen,
      onState,
      until: isTwo,
      backoff: SOON,
    })
    await collect(connection)
    expect(comments).toEqual(['a', ' b'])
    expect(onOpen.mock.calls.map(([response, attempt]) => [response.status, attempt.number])).toEqual([
      [200, 1],
      [200, 2],
    ])
    expect(changes.map(({ state }) => state)).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open', 'closed'])
    expect(changes[0]).toEqual({ state: 'connecting' })
    expect(await connection.opened).toBe(onOpen.mock.calls[0]![0])
    expect(connection.response).toBe(onOpen.mock.calls[1]![0])
  })
})
