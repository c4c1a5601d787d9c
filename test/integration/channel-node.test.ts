import { once } from 'node:events'
import { createServer, request as nodeRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../src/client/connect.js'
import type { ChannelOptions } from '../../src/server/channel/channel-options.js'
import type { EventRequest } from '../../src/server/event-request.js'
import { createChannel, type Channel, type ChannelEvents } from '../../src/server/channel/create-channel.js'
import { rawGet, serve, until } from '../support/servers/http.js'
import { LeakCount } from '../support/leaks/leaks.js'

let leaks: LeakCount
beforeEach(() => {
  leaks = new LeakCount()
})
afterEach(() => {
  leaks[Symbol.dispose]()
  expect(leaks.rejections).toEqual([])
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** One request, its answer read to the end. */
async function get(url: string, options: object = {}): Promise<{ response: IncomingMessage; text: string }> {
  const [response] = (await once(nodeRequest(url, options).end(), 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response) text += chunk as string
  return { response, text }
}

describe('a channel on node:http', () => {
  it('publishes to clients that resume where they stopped', async () => {
    const channel = createChannel<{ price: { value: number } }>()
    await using server = await serve(channel.node)
    const options = { decode: { price: (raw: string) => JSON.parse(raw) as { value: number } } }

    const first = connect<{ price: { value: number } }>(server.url, options)
    await first.opened
    await channel.publish('price', { value: 1 })
    const { value } = await first.next()
    expect([value!.event, value!.data]).toEqual(['price', { value: 1 }])
    await first.close()
    await channel.publish('price', { value: 2 })
    await channel.publish('price', { value: 3 })

    const second = connect<{ price: { value: number } }>(server.url, { ...options, lastEventId: first.lastEventId })
    expect((await second.next()).value!.data).toEqual({ value: 2 })
    expect((await second.next()).value!.data).toEqual({ value: 3 })
    await second.close()
    await channel.close()
  })

  it('sends the headers of a stream, and leaves those that were set before', async () => {
    const channel = createChannel()
    await using server = await serve((req, res) => {
      res.setHeader('access-control-allow-origin', '*')
      return channel.node(req, res)
    })
    const response = await fetch(server.url)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'access-control-allow-origin': '*',
    })
    await channel.close()
    expect(await response.text()).toMatch(/^:\nretry: \d+\nid: \w+-0\n\nretry: \d+\n\n$/)
  })

  it('answers with the response of authorize, cookies and all', async () => {
    const channel = createChannel({
      authorize({ headers }) {
        if (headers.get('authorization') === 'Bearer good') return {}
        const refusal = new Response('Who are you?', { status: 401, headers: { 'www-authenticate': 'Bearer' } })
        refusal.headers.append('set-cookie', 'a=1')
        refusal.headers.append('set-cookie', 'b=2')
        return refusal
      },
    })
    await using server = await serve(channel.node)
    const { response, text } = await get(server.url)
    expect([response.statusCode, text, response.headers['www-authenticate'], response.headers['set-cookie']]).toEqual([
      401,
      'Who are you?',
      'Bearer',
      ['a=1', 'b=2'],
    ])
    expect(channel.connections).toBe(0)
    const good = await fetch(server.url, { headers: { authorization: 'Bearer good' } })
    expect(good.status).toBe(200)
    await channel.close()
    await good.text()
  })

  it('answers HEAD with the head alone', async () => {
    const channel = createChannel()
    await using server = await serve(channel.node)
    const { response, text } = await get(server.url, { method: 'HEAD' })
    expect([response.statusCode, text, response.headers['content-type']]).toEqual([200, '', 'text/event-stream'])
    expect(channel.connections).toBe(0)
  })

  it('refuses with a 503 above maxConnections and after close', async () => {
    const channel = createChannel({ maxConnections: 1, retryJitter: 0 })
    await using server = await serve(channel.node)
    const socket = await rawGet(server.port)
    await until(() => channel.connections === 1)
    const full = await get(server.url)
    expect([full.response.statusCode, full.response.headers['retry-after']]).toEqual([503, '10'])
    socket.destroy()
    await channel.close()
    const closed = await get(server.url)
    expect([closed.response.statusCode, closed.response.headers['retry-after']]).toEqual([503, '10'])
  })

  it('makes a 503 of a hook that throws, and goes on', async () => {
    const errors: unknown[] = []
    let isBad = true
    const channel = createChannel({
      authorize: () => {
        if (isBad) throw new Error('database')
        return {}
      },
      onError: (error) => void errors.push(error),
    })
    await using server = await serve(channel.node)
    const { response, text } = await get(server.url)
    expect([response.statusCode, text]).toEqual([503, 'Service Unavailable\n'])
    expect(errors.length).toBe(1)
    isBad = false
    const good = await fetch(server.url)
    expect(good.status).toBe(200)
    await channel.close()
    await good.text()
  })

  it('reports a response that was answered already, and drops it', async () => {
    const errors: unknown[] = []
    const channel = createChannel({ onError: (error) => void errors.push(error) })
    await using server = await serve(async (req, res) => {
      res.writeHead(200).write('taken')
      await channel.node(req, res)
    })
    await expect(get(server.url)).rejects.toThrow()
    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_OPTION' })])
    expect(channel.connections).toBe(0)
    await channel.close()
  })

  it('lets the HTTP server close', async () => {
    const channel = createChannel()
    const server = createServer(channel.node).listen(0)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const sockets = await Promise.all(Array.from({ length: 20 }, () => rawGet(port)))
    for (const socket of sockets) socket.resume()
    await until(() => channel.connections === 20)
    const closed = new Promise((resolve) => server.close(resolve))
    await channel.close({ drain: 50 })
    await closed
    leaks.expectNone()
  })
})

describe('a channel on node:http2', () => {
  it('streams without headers of one hop, and answers refusals', async () => {
    let isOpen = false
    const channel = createChannel({
      authorize: () => (isOpen ? 'context' : new Response('no', { status: 403, headers: { 'x-why': 'closed' } })),
    })
    const server = createHttp2Server(channel.node).listen(0)
    await once(server, 'listening')
    const session = connectHttp2(`http://localhost:${(server.address() as AddressInfo).port}`)
    const ask = async (): Promise<{
      headers: Record<string, unknown>
      text: () => string
      stream: NodeJS.ReadableStream
    }> => {
      const stream = session.request({ ':path': '/' })
      let text = ''
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
      return { headers, text: () => text, stream }
    }

    const refused = await ask()
    await until(() => refused.text() === 'no')
    expect(refused.headers).toMatchObject({ ':status': 403, 'x-why': 'closed' })

    isOpen = true
    const { headers, text, stream } = await ask()
    expect(headers).toMatchObject({ ':status': 200, 'content-type': 'text/event-stream' })
    expect(headers).not.toHaveProperty('connection')
    expect(headers).not.toHaveProperty('transfer-encoding')
    await channel.publish('e', 1)
    await until(() => text().includes('data: 1\n'))
    const ended = once(stream, 'end')
    await channel.close()
    await ended
    session.close()
    await new Promise((resolve) => server.close(resolve))
  })
})

const LEAVES: [string, (socket: Socket) => unknown][] = [
  ['FIN', (socket) => socket.end().resume()],
  ['RST', (socket) => socket.resetAndDestroy()],
]

/** The moments at which readers leave, each made by what the hooks wait for. */
const MOMENTS: [string, (gate: () => Promise<void>) => ChannelOptions<ChannelEvents, unknown>][] = [
  ['while authorize works', (gate) => ({ authorize: () => gate().then(() => 'me') })],
  ['while onConnect works', (gate) => ({ onConnect: gate })],
  ['while they are authorized again', (gate) => ({ reauthorize: 20, authorize: again(gate) })],
  ['while topics are looked up', (gate) => ({ topics: () => gate().then(() => 'a') })],
  ['while the snapshot is made', (gate) => ({ snapshot: gate })],
  ['in the middle of a snapshot', (gate) => ({ snapshot: () => slowly(gate) })],
]

/** Lets each in at once; what comes after that waits. */
function again(gate: () => Promise<void>): (request: EventRequest) => unknown {
  const known = new WeakSet<object>()
  return (request) => {
    if (known.has(request)) return gate().then(() => 'me')
    known.add(request)
    return 'me'
  }
}

async function* slowly(gate: () => Promise<void>): AsyncGenerator<{ event: string; data: string }> {
  yield { event: 's', data: 'one' }
  await gate()
  yield { event: 's', data: 'two' }
}

describe.each(MOMENTS)('readers that leave %s', (_, optionsOf) => {
  it.each(LEAVES)('by %s leave nothing behind', async (__, leave) => {
    const open: (() => void)[] = []
    const gate = (): Promise<void> => new Promise((resolve) => open.push(resolve))
    const errors: unknown[] = []
    const counts = { open: 0, close: 0 }
    const channel = createChannel({
      ...optionsOf(gate),
      metrics: { open: () => void counts.open++, close: () => void counts.close++ },
      onError: (error) => void errors.push(error),
    })
    await using server = await serve(channel.node)
    for (let round = 0; round < 5; round++) {
      const sockets = await Promise.all(Array.from({ length: 20 }, () => rawGet(server.port)))
      await until(() => open.length === 20)
      for (const socket of sockets) leave(socket)
      await until(() => server.sockets.size === 0, 'no open socket')
      for (const goOn of open.splice(0)) goOn()
      await channel.publish('e', 1)
      await turn()
      await turn()
    }
    expect(channel.connections).toBe(0)
    expect(counts.close).toBe(counts.open)
    expect(errors).toEqual([])
    leaks.expectNone()
    await channel.close()
  })
})

describe('a reader that does not read', () => {
  it('costs no more than its limit, is let go, and harms nobody, while 100 MB go by', { timeout: 60_000 }, async () => {
    const reasons: string[] = []
    const channel = createChannel({
      history: { maxBytes: 1024 * 1024 },
      metrics: { close: (reason) => void reasons.push(reason) },
    })
    const responses: ServerResponse[] = []
    await using server = await serve((req, res) => {
      responses.push(res)
      return channel.node(req, res)
    })
    const paused = await rawGet(server.port)
    const reader = await rawGet(server.port)
    await until(() => channel.connections === 2)
    let read = 0
    reader.on('data', (chunk: Buffer) => (read += chunk.byteLength))
    const pad = 'x'.repeat(100_000)
    let most = 0
    for (let n = 0; n < 1000; n++) {
      await channel.publish('e', pad)
      for (const { writableLength } of responses) most = Math.max(most, writableLength)
      // As fast as the one that reads.
      await until(() => read >= (n - 2) * pad.length)
    }
    await until(() => read > 1000 * pad.length)
    expect(reasons).toEqual(['slow'])
    expect(channel.connections).toBe(1)
    expect(most).toBeGreaterThan(500_000)
    expect(most).toBeLessThan(1024 * 1024 + 1024)
    paused.destroy()
    reader.destroy()
    await channel.close()
  })
})

describe('readers of all kinds at once', () => {
  it('get the same events from one channel', async () => {
    const channel: Channel = createChannel({ retryJitter: 0 })
    await using server = await serve(channel.node)
    const overNode = await fetch(server.url)
    const overWeb = await channel.fetch(new Request('http://localhost/'))
    for (let n = 0; n < 10; n++) await channel.publish('e', n)
    await channel.close()
    const texts = [await overNode.text(), await overWeb.text()]
    expect(texts[0]).toBe(texts[1])
    expect(texts[0]!.match(/data: \d/g)?.length).toBe(10)
  })
})
