import { describe, expect, it } from 'vitest'
import { connect } from '../../src/client/connect.js'
import type { Step } from '../../src/testing/script/steps.js'
import { createGate } from '../../src/testing/script/gate.js'
import { collect, SOON, useBench } from '../support/client.js'

const bench = useBench()
const reason = new Error('enough')

const three: Step[] = [{ bytes: 'id: 1\ndata: one\n\nid: 2\ndata: two\n\nid: 3\ndata: three\n\n' }, { stall: true }]
const silent: Step[] = [{ status: 200, headers: { 'content-type': 'text/event-stream' } }, { stall: true }]

describe('letting go', () => {
  it('break releases the socket and delivers nothing more', async () => {
    const server = await bench.serve([three])
    const connection = connect(server.url)
    for await (const event of connection) if (event.data === 'two') break
    expect(await server.requests[0]!.closed).toBe('client')
    expect(await connection.closed).toBe('closed')
    expect(connection.state).toBe('closed')
    expect(connection.lastEventId).toBe('2')
    expect(await connection.next()).toEqual({ done: true, value: undefined })
    expect(server.requests).toHaveLength(1)
  })

  it('a throw in the loop does too', async () => {
    const server = await bench.serve([three])
    const connection = connect(server.url)
    await expect(async () => {
      for await (const _ of connection) throw reason
    }).rejects.toBe(reason)
    expect(await server.requests[0]!.closed).toBe('client')
    expect(await connection.closed).toBe('closed')
  })

  it('await using does too', async () => {
    const server = await bench.serve([three])
    let leaked
    {
      await using connection = connect(server.url)
      leaked = connection
      await connection.next()
    }
    expect(leaked.state).toBe('closed')
    expect(await server.requests[0]!.closed).toBe('client')
  })

  it('close() settles every pending next()', async () => {
    const server = await bench.serve([silent])
    const connection = connect(server.url)
    const pending = [connection.next(), connection.next(), connection.next()]
    await connection.opened
    await connection.close()
    expect(await Promise.all(pending)).toEqual(Array.from({ length: 3 }, () => ({ done: true, value: undefined })))
    await connection.close()
    expect(await connection.closed).toBe('closed')
  })

  it('close() before anything was sent sends nothing', async () => {
    const server = await bench.serve([three])
    const connection = connect(server.url)
    await connection.close()
    await expect(connection.opened).rejects.toMatchObject({
      message: `The connection was closed before it opened (${server.url})`,
    })
    expect(await collect(connection)).toEqual({ data: [] })
    expect(server.requests).toHaveLength(0)
  })

  it('close() while connecting drops the request', async () => {
    const server = await bench.serve([[{ stall: true }]])
    const connection = connect(server.url)
    await server.waitForRequest(1)
    await connection.close()
    expect(await server.requests[0]!.closed).toBe('client')
  })

  it('close() in backoff ends it', async () => {
    const server = await bench.serve([[{ status: 503 }]])
    const connection = connect(server.url, {
      onState: ({ state }) => void (state === 'waiting' && queueMicrotask(() => void connection.close())),
    })
    expect(await collect(connection)).toEqual({ data: [] })
    expect(await connection.closed).toBe('closed')
  })

  it.each(['connecting', 'open', 'waiting'] as const)('close() inside onState %s', async (when) => {
    const server = await bench.serve([[{ event: { data: 'one' } }, { cut: 'reset' }]])
    const connection = connect(server.url, {
      backoff: SOON,
      onState: ({ state }) => void (state === when && connection.close()),
    })
    await collect(connection)
    expect(await connection.closed).toBe('closed')
    expect(server.requests.length).toBeLessThan(2)
  })

  it('N failures leave no socket open', async () => {
    const busy: Step[] = [{ status: 503 }, { bytes: 'x'.repeat(100_000) }, { stall: true }]
    const server = await bench.serve(Array.from({ length: 8 }, () => busy))
    const connection = connect(server.url, { backoff: SOON })
    await collect(connection)
    expect(await connection.closed).toBe('no-content')
    await server.waitForIdle()
    expect(server.requests).toHaveLength(9)
  })

  it('a body that answers late is cancelled', async () => {
    let cancelled = false
    const called = createGate()
    const gate = createGate()
    const connection = connect('http://example.com/', {
      fetch: async () => {
        called.open()
        await gate.opened
        const body = new ReadableStream({ cancel: () => void (cancelled = true) })
        return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
      },
    })
    await called.opened
    await connection.close()
    gate.open()
    await new Promise((resolve) => setImmediate(resolve))
    expect(cancelled).toBe(true)
  })

  it('a body that ignores the signal is cancelled', async () => {
    let cancelled = false
    const body = new ReadableStream({ cancel: () => void (cancelled = true) })
    const fetch = async (): Promise<Response> =>
      new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    const connection = connect('http://example.com/', { fetch })
    const pending = connection.next()
    await connection.opened
    await connection.close()
    expect(cancelled).toBe(true)
    expect(await pending).toEqual({ done: true, value: undefined })
  })
})

describe('an aborted signal', () => {
  it('before the start: no request', async () => {
    const server = await bench.serve([three])
    const controller = bench.controller()
    controller.abort(reason)
    const connection = connect(server.url, { signal: controller.signal })
    expect(await collect(connection)).toEqual({ data: [], error: reason })
    expect(await connection.closed).toBe('aborted')
    await expect(connection.opened).rejects.toBe(reason)
    expect(server.requests).toHaveLength(0)
  })

  it('while connecting', async () => {
    const server = await bench.serve([[{ stall: true }]])
    const controller = bench.controller()
    const result = collect(connect(server.url, { signal: controller.signal }))
    await server.waitForRequest(1)
    controller.abort(reason)
    expect(await result).toEqual({ data: [], error: reason })
    expect(await server.requests[0]!.closed).toBe('client')
  })

  it('while idle, with two calls of next() pending', async () => {
    const server = await bench.serve([silent])
    const controller = bench.controller()
    const connection = connect(server.url, { signal: controller.signal })
    const [first, second] = [connection.next(), connection.next()]
    await connection.opened
    controller.abort(reason)
    await expect(first).rejects.toBe(reason)
    expect(await second).toEqual({ done: true, value: undefined })
    expect(await server.requests[0]!.closed).toBe('client')
  })

  it('between two events of one chunk: nothing is delivered after', async () => {
    const server = await bench.serve([three])
    const controller = bench.controller()
    const connection = connect(server.url, { signal: controller.signal })
    await connection.next()
    controller.abort(reason)
    await expect(connection.next()).rejects.toBe(reason)
    expect(await connection.next()).toEqual({ done: true, value: undefined })
    expect(connection.lastEventId).toBe('1')
  })

  it('between the last events before an error', async () => {
    const server = await bench.serve([
      [{ bytes: `data: one\n\ndata: two\n\ndata: ${'x'.repeat(200)}` }, { stall: true }],
    ])
    const controller = bench.controller()
    const connection = connect(server.url, { signal: controller.signal, maxEventSize: 100 })
    await connection.next()
    expect(await connection.closed).toBe('failed')
    controller.abort(reason)
    expect(await collect(connection)).toEqual({ data: [], error: reason })
    expect(await connection.next()).toEqual({ done: true, value: undefined })
  })

  it('in backoff', async () => {
    const server = await bench.serve([[{ status: 503 }]])
    const controller = bench.controller()
    const connection = connect(server.url, {
      signal: controller.signal,
      onState: ({ state }) => void (state === 'waiting' && controller.abort(reason)),
    })
    expect(await collect(connection)).toEqual({ data: [], error: reason })
    expect(await connection.closed).toBe('aborted')
    expect(server.requests).toHaveLength(1)
  })

  it.each(['headers', 'body', 'onOpen', 'retryIf'] as const)('while %s is at work', async (hook) => {
    const server = await bench.serve([
      [{ status: hook === 'retryIf' ? 500 : 200, headers: { 'content-type': 'text/event-stream' } }, { stall: true }],
    ])
    const controller = bench.controller()
    let signal: AbortSignal | undefined
    const hang = (...args: unknown[]): Promise<never> => {
      signal = (args.at(-1) as { signal: AbortSignal }).signal
      queueMicrotask(() => controller.abort(reason))
      // What a hook does after it was let down must not surface anywhere.
      return new Promise((_, reject) =>
        signal!.addEventListener('abort', () => reject(new Error('let down')), { once: true }),
      )
    }
    const connection = connect(server.url, { method: 'POST', signal: controller.signal, [hook]: hang })
    expect(await collect(connection)).toEqual({ data: [], error: reason })
    expect(signal!.aborted).toBe(true)
  })

  it('whose stream ends by itself keeps no listener', async () => {
    const server = await bench.serve([[{ event: { data: 'one' } }]])
    const { signal } = bench.controller()
    expect(await collect(connect(server.url, { signal, reconnect: 'never' }))).toEqual({ data: ['one'] })
  })
})

describe('reconnect()', () => {
  it('drops the connection in hand and goes on from the last id', async () => {
    const server = await bench.serve([three, [{ event: { id: '4', data: 'four' } }, { stall: true }]])
    const connection = connect(server.url)
    const seen: string[] = []
    for await (const event of connection) {
      seen.push(event.data)
      if (event.data === 'three') connection.reconnect()
      if (event.data === 'four') break
    }
    expect(seen).toEqual(['one', 'two', 'three', 'four'])
    expect(server.requests.map((request) => request.lastEventId)).toEqual([undefined, '3'])
    expect(await server.requests[0]!.closed).toBe('client')
  })

  it('cuts a wait short', async () => {
    const server = await bench.serve([[{ status: 503, headers: { 'retry-after': '999' } }], three])
    const connection = connect(server.url, {
      onState: ({ state }) => void (state === 'waiting' && queueMicrotask(() => connection.reconnect())),
    })
    expect(await connection.next()).toMatchObject({ value: { data: 'one' } })
    await connection.close()
    expect(server.requests).toHaveLength(2)
  })

  it('before the start makes one request, not two', async () => {
    const server = await bench.serve([three])
    const connection = connect(server.url)
    connection.reconnect()
    expect(await connection.next()).toMatchObject({ value: { data: 'one' } })
    await connection.close()
    connection.reconnect()
    expect(connection.state).toBe('closed')
    expect(server.requests).toHaveLength(1)
  })

  it('ignores what the former attempt still brings', async () => {
    const bodies: ReadableStreamDefaultController[] = []
    const fetch = async (): Promise<Response> => {
      const body = new ReadableStream({
        start: (controller) => void bodies.push(controller),
        cancel: () => new Promise(() => {}),
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    }
    const connection = connect('http://example.com/', { fetch })
    const next = connection.next()
    await connection.opened
    connection.reconnect()
    while (bodies.length < 2) await new Promise((resolve) => setImmediate(resolve))
    expect(() => bodies[0]!.enqueue(new TextEncoder().encode('data: late\n\n'))).toThrow()
    bodies[1]!.enqueue(new TextEncoder().encode('data: live\n\n'))
    expect(await next).toMatchObject({ value: { data: 'live' } })
    await connection.close()
  })
})
