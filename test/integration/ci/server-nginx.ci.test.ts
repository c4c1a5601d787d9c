// @ts-expect-error It has no types.
import untyped from 'compression'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { eventStream } from '../../../src/server/event-stream.js'
import type { EventStreamOptions } from '../../../src/server/event-stream-options.js'
import type { Session } from '../../../src/server/session.js'
import { serve, until } from '../../support/servers/http.js'
import { startNginx } from '../../support/servers/nginx.js'

type Middleware = (req: IncomingMessage, res: ServerResponse, next: () => void) => void
const compression = untyped as (options: object) => Middleware

const COMPRESSED: EventStreamOptions = { headers: { 'cache-control': 'no-cache' } }

/** A server whose sessions send nothing by themselves. */
async function serveQuiet(options?: EventStreamOptions) {
  const sessions: Session[] = []
  const compress = compression({ filter: () => true, threshold: 0 })
  const server = await serve((req, res) => {
    compress(req, res, () => sessions.push(eventStream(req, res, () => {}, options)))
  })
  return { ...server, sessions, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const GZIP = 'gzip on; gzip_types text/event-stream; gzip_min_length 0; proxy_http_version 1.1;'

describe.each([
  ['as it comes, with buffering', '', {}, null],
  ['over HTTP/1.1 with kept-alive connections', 'proxy_http_version 1.1; proxy_set_header Connection "";', {}, null],
  ['that compresses', GZIP, {}, 'gzip'],
  ['behind a compressing middleware', 'proxy_http_version 1.1;', COMPRESSED, 'gzip'],
])('nginx %s', (_, directives, options, encoding) => {
  it('passes the head and each event on at once', async () => {
    await using server = await serveQuiet(options)
    await using nginx = await startNginx(server.port, directives)
    const response = await fetch(nginx.url)
    expect(response.headers.get('content-encoding')).toBe(encoding)
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = (await reader.read()).value!
    expect(text).toBe(':\n')
    const delays: number[] = []
    for (let n = 0; n < 20; n++) {
      const sent = performance.now()
      server.sessions[0]!.send({ id: n, data: 'x' })
      for (text = ''; !text.endsWith('\n\n');) text += (await reader.read()).value
      expect(text).toBe(`data: x\nid: ${n}\n\n`)
      delays.push(performance.now() - sent)
    }
    // Where nginx buffers it waits for kilobytes, or for the end. A busy machine may delay some.
    expect(Math.min(...delays)).toBeLessThan(100)
    await reader.cancel()
    expect(await server.sessions[0]!.closed).toBe('disconnected')
  })
})

it('a reader that leaves nginx leaves the server', async () => {
  await using server = await serveQuiet()
  await using nginx = await startNginx(server.port)
  const controllers = Array.from({ length: 20 }, () => new AbortController())
  await Promise.all(controllers.map(({ signal }) => fetch(nginx.url, { signal })))
  expect(server.sessions.length).toBe(20)
  for (const controller of controllers) controller.abort()
  expect(new Set(await Promise.all(server.sessions.map((session) => session.closed)))).toEqual(
    new Set(['disconnected']),
  )
  await until(() => server.sockets.size === 0, 'no open socket')
})
