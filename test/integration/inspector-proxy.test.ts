import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { startInspector } from '../../src/cli/inspect/start-inspector.js'
import { serve } from '../support/http.js'

const page = new URL('../../dist/cli/page/', import.meta.url)

function targetAt(url: string, more: object = {}) {
  return { url: new URL(url), method: 'GET', headers: {}, body: undefined, ...more }
}

describe("the inspector's proxy", () => {
  it('takes requests with the secret alone, by its own name', async () => {
    const inspector = await startInspector({ page })
    try {
      const { origin, port, pathname } = new URL(inspector.url)
      expect((await fetch(inspector.url)).status).toBe(200)
      for (const path of ['/', '/config', '/stream', `/${'0'.repeat(32)}/config`]) {
        expect((await fetch(origin + path)).status).toBe(404)
      }
      const rebound = await new Promise((resolve) => {
        request(
          { port, host: '127.0.0.1', path: `${pathname}config`, headers: { host: 'evil.example' } },
          (response) => {
            response.resume()
            resolve(response.statusCode)
          },
        ).end()
      })
      expect(rebound).toBe(404)
    } finally {
      await inspector.close()
    }
  })

  it('sends headers and body of the target, and hands on no cookies', async () => {
    const seen: unknown[] = []
    await using server = await serve(async (req, res) => {
      let body = ''
      for await (const piece of req) body += piece
      seen.push([req.method, req.headers['authorization'], req.headers['last-event-id'], req.headers['cookie'], body])
      res.writeHead(200, { 'content-type': 'text/event-stream', 'set-cookie': 'a=b' }).end('data: x\n\n')
    })
    const target = targetAt(server.url, { method: 'POST', headers: { authorization: 'Bearer a' }, body: '{}' })
    const inspector = await startInspector({ page, target })
    try {
      const headers = { 'last-event-id': '7', cookie: 'c=d' }
      const response = await fetch(`${inspector.url}stream`, { method: 'POST', headers })
      expect(await response.text()).toBe('data: x\n\n')
      expect(response.headers.get('set-cookie')).toBeNull()
      expect(seen).toEqual([['POST', 'Bearer a', '7', undefined, '{}']])
    } finally {
      await inspector.close()
    }
  })

  it('follows no redirect to another origin with credentials, and one without', async () => {
    let asked = 0
    await using other = await serve((_req, res) => {
      asked++
      res.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: x\n\n')
    })
    await using server = await serve((_req, res) => res.writeHead(307, { location: other.url }).end())
    const secret = targetAt(server.url, { headers: { authorization: 'Bearer a' } })
    for (const [target, status, requests] of [
      [secret, 502, 0],
      [targetAt(server.url), 200, 1],
    ] as const) {
      const inspector = await startInspector({ page, target })
      expect((await fetch(`${inspector.url}stream`)).status).toBe(status)
      expect(asked).toBe(requests)
      await inspector.close()
    }
  })

  it('lets go of the server when the page goes', async () => {
    await using server = await serve((_req, res) =>
      res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders(),
    )
    const inspector = await startInspector({ page, target: targetAt(server.url) })
    const abort = new AbortController()
    await fetch(`${inspector.url}stream`, { signal: abort.signal })
    expect(server.sockets.size).toBe(1)
    abort.abort()
    await expect.poll(() => server.sockets.size, { timeout: 20_000 }).toBe(0)
    await inspector.close()
  })
})
