import { once } from 'node:events'
import { connect as connectHttp2, constants } from 'node:http2'
import { createConnection } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { createGate } from '../../../../src/testing/script/gate.js'
import { createScriptedServer } from '../../../../src/testing/server/scripted-server.js'
import { CERTIFICATE } from '../../../support/servers/certificate.js'
import type { Script, ScriptedServer, ScriptedServerOptions } from '../../../../src/testing/server/types.js'

let server: ScriptedServer | undefined

async function start(script: Script, options?: ScriptedServerOptions): Promise<ScriptedServer> {
  return (server = await createScriptedServer(script, options))
}

afterEach(async () => {
  await server?.close()
  server = undefined
})

/** Everything a bare TCP client is sent for one GET, and how the connection went. */
async function exchange(
  url: string,
  head = '',
  onBody = () => {},
): Promise<{ text: string; bytes: Buffer; error?: string }> {
  const { port } = new URL(url)
  const socket = createConnection(Number(port), '127.0.0.1')
  const pieces: Buffer[] = []
  let error: string | undefined
  socket.on('data', (piece: Buffer) => {
    pieces.push(piece)
    if (Buffer.concat(pieces).includes('data: ')) onBody()
  })
  socket.on('error', (reason: NodeJS.ErrnoException) => (error = reason.code))
  socket.write(`GET / HTTP/1.1\r\nhost: x\r\n${head}\r\n`)
  await once(socket, 'close').catch(() => {})
  const bytes = Buffer.concat(pieces)
  return { text: bytes.toString('latin1'), bytes, ...(error && { error }) }
}

describe('what a script can do', () => {
  it('sends events as encode() writes them, as an event stream', async () => {
    const { url } = await start([{ event: { id: '1', data: 'one' } }, { event: { event: 'x', data: 'a\nb' } }])
    const response = await fetch(url)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(await response.text()).toBe('data: one\nid: 1\n\nevent: x\ndata: a\ndata: b\n\n')
  })

  it('answers with any status and headers, and leaves headers out', async () => {
    const { url } = await start([
      [{ status: 503, headers: { 'Retry-After': '1' } }],
      [{ headers: { 'content-type': 'text/html' } }, { bytes: '<p>' }],
      [{ headers: { 'content-type': null } }, { bytes: 'x' }],
    ])
    const first = await fetch(url)
    expect([first.status, first.headers.get('retry-after'), first.headers.get('content-type')]).toEqual([
      503,
      '1',
      null,
    ])
    expect((await fetch(url)).headers.get('content-type')).toBe('text/html')
    expect((await fetch(url)).headers.get('content-type')).toBe(null)
  })

  it('answers 204 once the script is over', async () => {
    const { url, requests } = await start([{ end: true }])
    expect((await fetch(url)).status).toBe(200)
    expect((await fetch(url)).status).toBe(204)
    expect(requests.map((request) => request.scripted)).toEqual([true, false])
  })

  it('redirects, and the next request takes the next answer', async () => {
    const { url, requests } = await start([[{ redirect: '/other' }], [{ event: { data: 'there' } }]])
    const response = await fetch(url)
    expect(response.url).toBe(`${url}other`)
    expect(await response.text()).toBe('data: there\n\n')
    expect(requests.map((request) => request.url)).toEqual(['/', '/other'])
  })

  it('cuts in the middle of an event: every byte before arrives, the end does not', async () => {
    const { url } = await start([{ event: { data: 'one' } }, { event: { data: 'two' }, cutAfter: 9 }])
    const { text, error } = await exchange(url)
    expect(text).toMatch(/data: one\n\n\r\n9\r\ndata: two\r\n$/)
    expect(error).toBeUndefined()
  })

  it('cuts in the middle of a code point', async () => {
    const { url } = await start([{ event: { data: 'aé' }, cutAfter: 'code-point' }])
    const { bytes } = await exchange(url)
    expect(bytes.subarray(-4)).toEqual(Buffer.from([0x61, 0xc3, 0x0d, 0x0a]))
  })

  it('counts cutAfter from the end below zero', async () => {
    const { url } = await start([{ event: { data: 'one' }, cutAfter: -1 }])
    expect((await exchange(url)).text).toMatch(/\r\ndata: one\n\r\n$/)
  })

  it('resets the connection, before an answer and in one', async () => {
    const gate = createGate()
    const { url } = await start([
      [{ cut: 'reset' }],
      [{ event: { data: 'one' } }, { wait: gate.opened }, { cut: 'reset' }],
    ])
    expect(await exchange(url)).toMatchObject({ text: '', error: 'ECONNRESET' })
    const { text, error } = await exchange(url, '', gate.open)
    expect(text).toContain('data: one\n\n')
    expect(error).toBe('ECONNRESET')
  })

  it('closes the connection before any answer', async () => {
    const { url } = await start([{ cut: 'fin' }])
    expect(await exchange(url)).toEqual({ text: '', bytes: Buffer.alloc(0) })
  })

  it('sends the head alone and stalls until the reader leaves', async () => {
    const { url } = await start([{ status: 200 }, { stall: true }])
    const leave = new AbortController()
    const response = await fetch(url, { signal: leave.signal })
    expect(response.status).toBe(200)
    leave.abort()
    expect(await server!.requests[0]!.closed).toBe('client')
    await server!.waitForIdle()
  })

  it('stalls without an answer', async () => {
    const { url } = await start([{ stall: true }])
    const leave = new AbortController()
    const answer = fetch(url, { signal: leave.signal })
    await server!.waitForRequest(1)
    leave.abort()
    await expect(answer).rejects.toThrow('aborted')
    await server!.waitForIdle()
    expect(server!.openAnswers).toBe(0)
  })

  it('goes on when the test opens the gate', async () => {
    const gate = createGate()
    const { url } = await start([{ event: { data: 'one' } }, { wait: gate.opened }, { event: { data: 'two' } }])
    const reader = (await fetch(url)).body!.pipeThrough(new TextDecoderStream()).getReader()
    expect(await reader.read()).toEqual({ done: false, value: 'data: one\n\n' })
    gate.open()
    expect(await reader.read()).toEqual({ done: false, value: 'data: two\n\n' })
  })

  it('waits for a function, called when the script gets there', async () => {
    const order: string[] = []
    const { url } = await start(() => [
      { wait: () => void order.push('before the head') },
      { status: 200 },
      { wait: 1 },
      { wait: async () => void order.push('after') },
    ])
    await (await fetch(url)).text()
    expect(order).toEqual(['before the head', 'after'])
  })

  it('drips in pieces of the size asked for', async () => {
    const { url } = await start([{ event: { data: 'abcd' }, drip: { size: 4, gap: 1 } }])
    expect((await exchange(url, 'connection: close\r\n')).text).toContain(
      '4\r\ndata\r\n4\r\n: ab\r\n4\r\ncd\n\n\r\n0\r\n',
    )
  })

  it('closes the connection where a body ends short of its length, instead of leaving the reader to wait', async () => {
    const short = await start([{ headers: { 'content-length': '1000' } }, { event: { data: 'one' } }, { end: true }])
    await expect(fetch(short.url).then((response) => response.text())).rejects.toThrow(TypeError)
    expect(await short.requests[0]!.closed).toBe('script')
  })

  it('truncates a body of known length', async () => {
    const { url } = await start([{ headers: { 'content-length': '1000' } }, { event: { data: 'one' } }, { cut: 'fin' }])
    const { text } = await exchange(url)
    expect(text).toContain('content-length: 1000')
    expect(text).toMatch(/\r\n\r\ndata: one\n\n$/)
  })

  it('breaks the chunked encoding', async () => {
    const { url } = await start([{ event: { data: 'one' } }, { raw: 'zz\r\nnonsense' }, { cut: 'fin' }])
    expect((await exchange(url)).text).toMatch(/data: one\n\n\r\nzz\r\nnonsense$/)
    await server!.close()
    const again = await start([{ event: { data: 'one' } }, { raw: 'zz\r\nnonsense' }, { stall: true }])
    await expect(fetch(again.url).then((response) => response.text())).rejects.toThrow()
  })

  it('answers by hand from the first byte', async () => {
    const { url } = await start([
      { raw: 'HTTP/1.0 200 Fine\r\ncontent-type: text/event-stream\r\n\r\n' },
      { event: { data: 'unframed' } },
    ])
    expect((await exchange(url)).text).toBe(
      'HTTP/1.0 200 Fine\r\ncontent-type: text/event-stream\r\n\r\ndata: unframed\n\n',
    )
  })

  it('asks a function at every request', async () => {
    const { url } = await start((request, number) =>
      request.url === '/none' ? undefined : [{ bytes: `${number} ${request.url}` }],
    )
    expect(await (await fetch(`${url}a`)).text()).toBe('1 /a')
    expect(await (await fetch(`${url}b`)).text()).toBe('2 /b')
    expect((await fetch(`${url}none`)).status).toBe(204)
  })
})

describe('what a script can see', () => {
  it('logs method, URL, headers, body, last event ID, socket and time', async () => {
    const { url } = await start(() => [{ event: { data: 'x' } }])
    // A header is a byte string: each of the bytes of the UTF-8 form is one character.
    const id = Buffer.from('ünï€').toString('latin1')
    await (await fetch(`${url}p?q=1`, { method: 'POST', body: 'hé', headers: { 'Last-Event-ID': id, A: 'b' } })).text()
    await (await fetch(url)).text()
    const [first, second] = server!.requests
    expect(first).toMatchObject({
      number: 1,
      method: 'POST',
      url: '/p?q=1',
      body: 'hé',
      lastEventId: 'ünï€',
      socket: 1,
    })
    expect(first!.headers['a']).toBe('b')
    expect(second).toMatchObject({ number: 2, method: 'GET', body: '' })
    expect(second!.lastEventId).toBeUndefined()
    expect(second!.time).toBeGreaterThan(first!.time)
    expect(await second!.closed).toBe('script')
  })

  it('tells which requests shared a connection', async () => {
    const { url } = await start(() => [{ status: 204 }])
    await exchange(url, '\r\nGET /2 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n')
    await exchange(url, 'connection: close\r\n')
    expect(server!.requests.map((request) => request.socket)).toEqual([1, 1, 2])
    await server!.waitForSockets(0)
  })

  it('waits for a request that comes later', async () => {
    await start([{ end: true }])
    const waited = server!.waitForRequest(1)
    await (await fetch(server!.url)).text()
    expect((await waited).number).toBe(1)
  })

  it('bounds every wait and says what was there instead', async () => {
    await start([{ end: true }])
    await expect(server!.waitForRequest(1, { timeout: 5 })).rejects.toMatchObject({
      code: 'ERR_WAIT_TIMEOUT',
      message: 'waited for request 1; there were 0 (after 5 ms)',
    })
    await expect(server!.waitForSockets(2, { timeout: 5 })).rejects.toThrow(
      'waited for 2 open connections; there were 0',
    )
  })

  it('tells whoever waits, and close(), what a function of the script threw', async () => {
    const failing = await createScriptedServer(() => {
      throw new Error('my script')
    })
    await expect(fetch(failing.url)).rejects.toThrow()
    await expect(failing.waitForRequest(2)).rejects.toThrow('my script')
    await expect(failing.close()).rejects.toThrow('my script')
  })

  it('names the request whose list makes no sense', async () => {
    const failing = await createScriptedServer(() => [{ end: true }, { event: { data: 'x' } }])
    await expect(fetch(failing.url)).rejects.toThrow()
    await expect(failing.close()).rejects.toThrow('script(request 1)[1]: event after the answer is over')
  })

  it('drops everything on close, also through await using', async () => {
    let left: Promise<string>
    {
      await using stalling = await createScriptedServer([{ status: 200 }, { stall: true }])
      await fetch(stalling.url)
      expect(stalling.openSockets).toBe(1)
      left = stalling.requests[0]!.closed
    }
    expect(await left).toBe('script')
  })
})

describe('over HTTP/2', () => {
  async function request(url: string) {
    const session = connectHttp2(url)
    const events: string[] = []
    session.on('error', () => {})
    session.on('goaway', (code) => events.push(`goaway ${code}`))
    const stream = session.request({ ':path': '/' })
    stream.on('error', () => {})
    let text = ''
    stream.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    await once(stream, 'close').catch(() => {})
    session.close()
    if (!session.destroyed) await once(session, 'close')
    return { text, events, code: stream.rstCode }
  }

  it('ends cleanly, resets the stream, sends GOAWAY and drops the connection', async () => {
    const { url } = await start(
      [
        [{ event: { data: 'one' } }],
        [{ event: { data: 'two' } }, { cut: 'reset' }],
        [{ event: { data: 'three' } }, { cut: 'goaway' }],
        [{ event: { data: 'four' }, cutAfter: 4 }],
      ],
      { http2: true },
    )
    expect(await request(url)).toEqual({ text: 'data: one\n\n', events: [], code: constants.NGHTTP2_NO_ERROR })
    expect(await request(url)).toEqual({ text: 'data: two\n\n', events: [], code: constants.NGHTTP2_INTERNAL_ERROR })
    expect(await request(url)).toMatchObject({ text: 'data: three\n\n', events: ['goaway 0'] })
    expect(await request(url)).toMatchObject({ text: 'data', events: [] })
  })
})

describe('over TLS', () => {
  /** What a TLS client is sent for one GET, and how the connection went. */
  async function exchangeTls(url: string, onBody = () => {}): Promise<{ text: string; error: string | undefined }> {
    const socket = connectTls({
      port: Number(new URL(url).port),
      host: '127.0.0.1',
      ca: CERTIFICATE.cert,
      servername: 'localhost',
    })
    let text = ''
    let error: string | undefined
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece
      if (text.includes('data: ')) onBody()
    })
    socket.on('error', (reason: NodeJS.ErrnoException) => (error = reason.code))
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(socket, 'close').catch(() => {})
    return { text, error }
  }

  it('cuts by FIN and by reset, as without', async () => {
    const gate = createGate()
    const { url } = await start(
      [
        [{ event: { data: 'one' }, cutAfter: 9 }],
        [{ event: { data: 'two' } }, { wait: gate.opened }, { cut: 'reset' }],
      ],
      { tls: CERTIFICATE },
    )
    expect(url).toMatch(/^https:\/\/localhost:\d+\/$/)
    const first = await exchangeTls(url)
    expect(first.text).toMatch(/data: one\r\n$/)
    expect(first.error).toBeUndefined()
    expect(await exchangeTls(url, gate.open)).toMatchObject({ error: 'ECONNRESET' })
    await server!.waitForSockets(0)
  })

  it('speaks HTTP/2 where asked to', async () => {
    const { url } = await start([{ event: { data: 'one' } }, { cut: 'goaway' }], { tls: CERTIFICATE, http2: true })
    const session = connectHttp2(url, { ca: CERTIFICATE.cert })
    session.on('error', () => {})
    const goaway = once(session, 'goaway')
    const stream = session.request({ ':path': '/' })
    stream.on('error', () => {})
    let text = ''
    stream.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    await goaway
    await server!.waitForSockets(0)
    expect(text).toBe('data: one\n\n')
    expect(session.alpnProtocol).toBe('h2')
    session.destroy()
  })
})

describe('a page of another origin', () => {
  const origin = 'https://page.example'

  it('is let in with credentials, on every answer', async () => {
    server = await createScriptedServer([[{ event: { data: 'one' } }], [{ status: 503 }]], { cors: true })
    for (const status of [200, 503, 204]) {
      const response = await fetch(server.url, { headers: { origin } })
      expect(response.status).toBe(status)
      expect(response.headers.get('access-control-allow-origin')).toBe(origin)
      expect(response.headers.get('access-control-allow-credentials')).toBe('true')
    }
    const withoutOrigin = await fetch(server.url)
    expect(withoutOrigin.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('has its preflight answered, which takes nothing of the script', async () => {
    server = await createScriptedServer([[{ event: { data: 'one' } }]], { cors: true })
    const asked = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'last-event-id' }
    const preflight = await fetch(server.url, { method: 'OPTIONS', headers: asked })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-methods')).toBe('POST')
    expect(preflight.headers.get('access-control-allow-headers')).toBe('last-event-id')
    expect(server.requests).toEqual([])
    expect(await (await fetch(server.url, { method: 'POST' })).text()).toBe('data: one\n\n')
  })

  it('is refused by a step that says so, and without the option', async () => {
    const refused = [{ headers: { 'access-control-allow-origin': null } }]
    server = await createScriptedServer([refused], { cors: true })
    const response = await fetch(server.url, { headers: { origin } })
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
    await server.close()
    server = await createScriptedServer([[{ status: 204 }]])
    const preflight = await fetch(server.url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET' },
    })
    expect(preflight.headers.has('access-control-allow-origin')).toBe(false)
    expect(server.requests).toHaveLength(1)
  })
})

describe('bad options', () => {
  it.each([
    [{ port: 80 }, 'port: does not exist'],
    [{ http2: 1 }, 'http2: must be a boolean'],
    [{ tls: { key: 'x' } }, 'tls: must have key and cert'],
  ])('%j', async (options, message) => {
    await expect(createScriptedServer([], options as never)).rejects.toThrow(message)
  })
})
