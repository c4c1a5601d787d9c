// @ts-expect-error It has no types.
import untyped from 'compression'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { eventStream } from '../../src/server/event-stream.js'
import type { EventStreamOptions } from '../../src/server/event-stream-options.js'
import type { Session, Source } from '../../src/server/session.js'
import { rawGet, serve, until } from '../support/servers/http.js'

type Middleware = (req: IncomingMessage, res: ServerResponse, next: () => void) => void
const compression = untyped as (options: object) => Middleware

/** `no-transform` keeps this middleware off, so that a stream has to do without to be compressed at all. */
const HEADERS = { 'cache-control': 'no-cache' }

async function serveCompressed(source: Source, options?: EventStreamOptions) {
  const sessions: Session[] = []
  const compress = compression({ filter: () => true, threshold: 0 })
  const server = await serve((req, res) => {
    compress(req, res, () => sessions.push(eventStream(req, res, source, { headers: HEADERS, ...options })))
  })
  return { ...server, sessions, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

it('each event leaves a compressing middleware at once', async () => {
  let send!: (n: number) => void
  await using server = await serveCompressed((session) => {
    send = (n) => session.send({ data: n })
  })
  const response = await fetch(server.url, { headers: { 'accept-encoding': 'gzip' } })
  expect(response.headers.get('content-encoding')).toBe('gzip')
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader.read()).value).toBe(':\n')
  for (let n = 0; n < 3; n++) {
    send(n)
    expect((await reader.read()).value).toBe(`data: ${n}\n\n`)
  }
  server.sessions[0]!.close()
  expect((await reader.read()).done).toBe(true)
  expect(await server.sessions[0]!.closed).toBe('closed')
})

it('is not compressed where nothing else was asked for', async () => {
  await using server = await serveCompressed(
    async function* () {
      yield { data: 'plain' }
    },
    { headers: {} },
  )
  const response = await fetch(server.url, { headers: { 'accept-encoding': 'gzip' } })
  expect(response.headers.get('content-encoding')).toBe(null)
  expect(await response.text()).toBe(':\ndata: plain\n\n')
})

it('a paused reader stops an iterable behind a compressor, and gets all when it reads on', async () => {
  let made = 0
  await using server = await serveCompressed(async function* () {
    for (; made < 2000; made++) yield { data: Math.random().toString(36).repeat(1000) }
  })
  const socket = await rawGet(server.port, { 'accept-encoding': 'gzip', connection: 'close' })
  await until(() => (server.sessions[0]?.bufferedBytes ?? 0) > 0, 'backpressure')
  expect(made).toBeLessThan(2000)
  socket.resume()
  expect(await server.sessions[0]!.closed).toBe('end')
  expect(made).toBe(2000)
})

it('a paused reader of a callback behind a compressor is let go', async () => {
  await using server = await serveCompressed(() => {}, { slow: { maxBytes: 200_000 } })
  const socket = await rawGet(server.port, { 'accept-encoding': 'gzip' })
  await until(() => server.sessions.length === 1, 'a session')
  const [session] = server.sessions
  let reason: string | undefined
  void session!.closed.then((value) => (reason = value))
  // Text that does not compress well.
  await until(() => {
    session!.send({ data: Array.from({ length: 2000 }, () => Math.random().toString(36)).join('') })
    return reason !== undefined
  }, 'the end of the session')
  expect(reason).toBe('slow')
  socket.destroy()
})

it('a reader that leaves a compressed stream ends the session', async () => {
  await using server = await serveCompressed(async function* () {
    for (;;) yield { data: 'x'.repeat(1000) }
  })
  const socket = await rawGet(server.port, { 'accept-encoding': 'gzip' })
  await until(() => server.sessions.length === 1, 'a session')
  socket.resetAndDestroy()
  expect(await server.sessions[0]!.closed).toBe('disconnected')
})
