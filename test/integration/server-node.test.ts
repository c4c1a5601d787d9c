import { once } from 'node:events'
import { createServer as createSecureServer, get as secureGet } from 'node:https'
import type { Server, ServerResponse } from 'node:http'
import { connect as connectHttp2, constants, createServer as createHttp2Server } from 'node:http2'
import type { IncomingHttpHeaders } from 'node:http2'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { eventStream } from '../../src/server/event-stream.js'
import type { EventStreamOptions } from '../../src/server/event-stream-options.js'
import type { Session, Source } from '../../src/server/session.js'
import { rawGet, serve, until } from '../support/servers/http.js'
import { CERTIFICATE } from '../support/servers/certificate.js'

const quiet: Source = () => {}

/** A server that answers with `source`; `session` is that of the latest request. */
async function serveStream(source: Source, options?: EventStreamOptions) {
  const sessions: Session[] = []
  const server = await serve((req, res) => sessions.push(eventStream(req, res, source, options)))
  return { ...server, sessions, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

describe('over HTTP/1.1', () => {
  it('sends head and first byte at once', async () => {
    await using server = await serveStream(quiet)
    const response = await fetch(server.url)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(response.headers.get('content-length')).toBe(null)
    const { value } = await response.body!.getReader().read()
    expect(Buffer.from(value!).toString()).toBe(':\n')
  })

  it('sends events as they come', async () => {
    await using server = await serveStream(async function* (session) {
      yield { event: 'hello', id: 1, data: { n: 1 } }
      yield { data: 'text' }
      session.comment('remark')
    })
    expect(await (await fetch(server.url)).text()).toBe(
      ':\nevent: hello\ndata: {"n":1}\nid: 1\n\ndata: text\n\n: remark\n',
    )
    expect(await server.sessions[0]!.closed).toBe('end')
  })

  it('keeps the headers of middlewares, and takes others', async () => {
    await using server = await serve((req, res) => {
      res.setHeader('x-before', '1')
      res.setHeader('cache-control', 'public')
      res.appendHeader('set-cookie', 'before=1')
      eventStream(req, res, async function* () {}, {
        status: 201,
        headers: [
          ['X-After', '2'],
          ['Content-Type', 'text/event-stream; charset=utf-8'],
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
          ['Connection', 'upgrade'],
          ['Transfer-Encoding', 'identity'],
        ],
      })
    })
    const response = await fetch(server.url)
    expect(response.status).toBe(201)
    expect(response.headers.get('x-before')).toBe('1')
    expect(response.headers.get('x-after')).toBe('2')
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.get('connection')).toBe('keep-alive')
    expect(response.headers.get('transfer-encoding')).toBe('chunked')
    expect(await response.text()).toBe(':\n')
  })

  it('answers HEAD with the head alone', async () => {
    const called: unknown[] = []
    await using server = await serveStream((session) => void called.push(session))
    const response = await fetch(server.url, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(await response.text()).toBe('')
    expect(called).toEqual([])
    expect(await server.sessions[0]!.closed).toBe('no-stream')
  })

  it('answers 406 to a reader that does not accept event streams, where it is told to', async () => {
    await using server = await serveStream(async function* () {}, { accept: 'require', headers: { 'x-cors': '*' } })
    const refused = await fetch(server.url, { headers: { accept: 'text/html' } })
    expect(refused.status).toBe(406)
    expect(refused.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(refused.headers.get('x-cors')).toBe('*')
    expect(await refused.text()).toContain('Accept: text/event-stream')
    expect(await server.sessions[0]!.closed).toBe('no-stream')
    const head = await fetch(server.url, { method: 'HEAD', headers: { accept: 'text/html' } })
    expect(head.status).toBe(406)
    expect((await fetch(server.url, { headers: { accept: 'text/*' } })).status).toBe(200)
  })

  it('answers 500 where the source throws before it sent', async () => {
    const errors: unknown[] = []
    await using server = await serveStream(
      () => {
        throw new Error('secret')
      },
      { onError: (error) => errors.push(error) },
    )
    const response = await fetch(server.url)
    expect(response.status).toBe(500)
    expect(await response.text()).toBe('Internal Server Error\n')
    expect(errors).toEqual([new Error('secret')])
    expect(await server.sessions[0]!.closed).toBe('failed')
  })

  it('refuses a response whose head is out', async () => {
    let thrown: unknown
    await using server = await serve((req, res) => {
      res.writeHead(200)
      try {
        eventStream(req, res, quiet)
      } catch (error) {
        thrown = error
      }
      res.end()
    })
    await (await fetch(server.url)).text()
    expect(thrown).toMatchObject({ code: 'ERR_OPTION', option: 'res' })
  })

  it('reads the request', async () => {
    await using server = await serveStream(async function* ({ request, lastEventId }) {
      yield {
        data: { method: request.method, url: request.url, agent: request.headers.get('User-Agent'), lastEventId },
      }
    })
    const response = await fetch(`${server.url}a?b=c`, {
      method: 'POST',
      body: '{}',
      headers: { 'user-agent': 'me', 'last-event-id': Buffer.from('č1').toString('latin1') },
    })
    const data = { method: 'POST', url: `${server.url}a?b=c`, agent: 'me', lastEventId: 'č1' }
    expect(await response.text()).toBe(`:\ndata: ${JSON.stringify(data)}\n\n`)
  })

  it('serves two requests that came at once on one connection', async () => {
    let n = 0
    await using server = await serveStream(async function* () {
      const mine = ++n
      await new Promise((resolve) => setImmediate(resolve))
      yield { data: mine }
    })
    const socket = connect(server.port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
    let text = ''
    for await (const chunk of socket) text += chunk
    expect(text.match(/data: \d/g)).toEqual(['data: 1', 'data: 2'])
    expect(await Promise.all(server.sessions.map((session) => session.closed))).toEqual(['end', 'end'])
  })

  it('notices that the reader left also for a response that waits behind another', async () => {
    await using server = await serveStream(quiet)
    const socket = connect(server.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n')
    await until(() => server.sessions.length === 2, 'two sessions')
    socket.resetAndDestroy()
    expect(await Promise.all(server.sessions.map((session) => session.closed))).toEqual([
      'disconnected',
      'disconnected',
    ])
  })

  it.each<[string, (res: ServerResponse) => unknown]>([
    ['ended', (res) => res.end()],
    ['destroyed', (res) => res.destroy()],
  ])('survives that somebody else has %s the response', async (_, harm) => {
    let session: Session | undefined
    await using server = await serve((req, res) => {
      session = eventStream(req, res, () => {})
      harm(res)
      for (let i = 0; i < 3; i++) session.send({ data: i })
    })
    await fetch(server.url)
      .then((response) => response.text())
      .catch(() => {})
    expect(await session!.closed).toBe('disconnected')
  })

  it('lets everybody else have their turn when a connection drops what an endless source sends', async () => {
    let made = 0
    await using server = await serve((req, res) => {
      const session = eventStream(req, res, async function* () {
        for (;;) {
          if (++made === 3) req.socket.destroy()
          yield { data: 'x' }
        }
      })
      void session.closed.then((reason) => (closed = reason))
    })
    let closed: string | undefined
    await rawGet(server.port)
    await until(() => closed !== undefined, 'the end of the session')
    expect(closed).toBe('disconnected')
    expect(made).toBeLessThan(100_000)
  })

  it('lets everybody else have their turn when source and reader never wait', async () => {
    await using server = await serveStream(async function* () {
      for (;;) yield { data: 'x'.repeat(1000) }
    })
    const socket = await rawGet(server.port)
    let bytes = 0
    socket.on('data', (chunk) => (bytes += chunk.length))
    // Source and reader share this process: without turns for the reader nothing would arrive.
    await until(() => bytes > 5_000_000, 'five megabytes')
    socket.destroy()
    expect(await server.sessions[0]!.closed).toBe('disconnected')
  })
})

describe('server.close()', () => {
  it.each<[string, (session: Session) => void]>([
    ['close()', (session) => session.close()],
    ['the source', () => endSources()],
  ])('returns once the sessions have ended by %s', async (_, end) => {
    await using server = await serveStream(async function* () {
      yield { comment: 'hi' }
      await sourcesEnd
    })
    const bodies = await Promise.all(Array.from({ length: 5 }, () => fetch(server.url)))
    const closed = once(server.server, 'close')
    server.server.close()
    const texts = Promise.all(bodies.map((response) => response.text()))
    server.sessions.forEach(end)
    expect(await texts).toEqual(Array.from({ length: 5 }, () => ':\n: hi\n'))
    // Kept-alive connections would hold it up for five seconds.
    await Promise.race([closed, new Promise((_r, reject) => setTimeout(reject, 2000, new Error('still open')).unref())])
  })
  let endSources!: () => void
  const sourcesEnd = new Promise<void>((resolve) => (endSources = resolve))
})

describe('over HTTPS', () => {
  it('streams, and knows its URL', async () => {
    await using server = await serve(
      (req, res) => {
        eventStream(req, res, async function* ({ request }) {
          yield { data: request.url.protocol }
        })
      },
      createSecureServer(CERTIFICATE) as unknown as Server,
    )
    const req = secureGet({ port: server.port, rejectUnauthorized: false })
    const [res] = await once(req, 'response')
    let text = ''
    for await (const chunk of res) text += chunk
    expect(text).toBe(':\ndata: https:\n\n')
  })
})

describe('over HTTP/2', () => {
  async function serveHttp2(source: Source, options?: EventStreamOptions) {
    const sessions: Session[] = []
    const responses: ServerResponse[] = []
    const server = createHttp2Server()
    const base = await serve(
      (req, res) => {
        responses.push(res)
        sessions.push(eventStream(req, res, source, options))
      },
      server as unknown as Server,
    )
    const client = connectHttp2(base.url)
    return {
      sessions,
      responses,
      client,
      async [Symbol.asyncDispose]() {
        client.destroy()
        await base[Symbol.asyncDispose]()
      },
    }
  }

  it('streams without headers of the connection', async () => {
    await using server = await serveHttp2(
      async function* ({ request }) {
        yield { data: request.url.pathname }
      },
      {
        headers: { connection: 'keep-alive', 'transfer-encoding': 'chunked', 'keep-alive': 'timeout=5', upgrade: 'x' },
      },
    )
    const stream = server.client.request({ ':path': '/a?b' })
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders]
    expect(headers).toMatchObject({ ':status': 200, 'content-type': 'text/event-stream' })
    expect(Object.keys(headers)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/connection|transfer|keep|upgrade/)]),
    )
    let text = ''
    for await (const chunk of stream) text += chunk
    expect(text).toBe(':\ndata: /a\n\n')
    expect(await server.sessions[0]!.closed).toBe('end')
  })

  it('answers HEAD, and 406', async () => {
    await using server = await serveHttp2(quiet, { accept: 'require' })
    for (const [method, accept, status] of [
      ['HEAD', '*/*', 200],
      ['GET', 'text/html', 406],
    ] as const) {
      const stream = server.client.request({ ':method': method, accept })
      const [headers] = await once(stream, 'response')
      expect(headers).toMatchObject({ ':status': status })
      stream.resume()
      await once(stream, 'close')
    }
    expect(await Promise.all(server.sessions.map((session) => session.closed))).toEqual(['no-stream', 'no-stream'])
  })

  it('notices that the reader left, by stream or with the connection', async () => {
    await using server = await serveHttp2(async function* () {
      for (;;) yield { data: 'x'.repeat(10_000) }
    })
    const first = server.client.request({})
    const second = server.client.request({})
    second.on('error', () => {})
    await Promise.all([once(first, 'response'), once(second, 'response')])
    first.close(constants.NGHTTP2_CANCEL)
    expect(await server.sessions[0]!.closed).toBe('disconnected')
    expect(second.closed).toBe(false)
    server.client.destroy()
    expect(await server.sessions[1]!.closed).toBe('disconnected')
  })

  it('cuts a slow reader off, which can tell it from an end', async () => {
    await using server = await serveHttp2(
      async function* () {
        for (;;) yield { data: 'x'.repeat(50_000) }
      },
      { slow: { stall: 50 } },
    )
    const stream = server.client.request({})
    const failed = new Promise((resolve) => stream.once('error', resolve))
    await once(stream, 'response')
    expect(await server.sessions[0]!.closed).toBe('slow')
    const { stream: serverSide } = server.responses[0] as unknown as { stream: { destroyed: boolean } }
    await until(() => serverSide.destroyed, 'a destroyed stream')
    stream.resume()
    expect(await failed).toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' })
  })
})
