import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { startInspector } from '../../src/cli/inspect/start-inspector.js'
import { serve } from '../support/servers/http.js'

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
      const asked = (path: string, headers: Record<string, string>): Promise<number> =>
        new Promise((resolve) => {
          request({ port, host: '127.0.0.1', path: pathname + path, headers }, (response) => {
            response.resume()
            resolve(response.statusCode!)
          }).end()
        })
      const own = `127.0.0.1:${port}`
      const refused: Record<string, string>[] = [
        // A name that was made to lead to the loopback.
        { host: 'evil.example' },
        { host: `evil.example:${port}` },
        { host: `127.0.0.1:${Number(port) + 1}` },
        { host: '127.0.0.1' },
        // Pages of elsewhere, and of nowhere.
        { host: own, origin: 'https://evil.example' },
        { host: own, origin: `http://127.0.0.1:${Number(port) + 1}` },
        { host: own, origin: 'null' },
        { host: own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
        { host: own, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' },
      ]
      for (const headers of refused) expect([headers, await asked('config', headers)]).toEqual([headers, 404])
      const taken: Record<string, string>[] = [
        { host: own, origin: `http://${own}`, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' },
        { host: `localhost:${port}`, origin: `http://localhost:${port}` },
        { host: own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      ]
      for (const headers of taken) expect([headers, await asked('config', headers)]).toEqual([headers, 200])
    } finally {
      await inspector.close()
    }
  })

  it('listens on the loopback alone, and lets no page frame or read it', async () => {
    const inspector = await startInspector({ page })
    try {
      const { port } = new URL(inspector.url)
      const others = Object.values(networkInterfaces())
        .flat()
        .filter((each) => each?.family === 'IPv4' && !each.internal)
      for (const { address } of others as { address: string }[]) {
        const socket = connect(Number(port), address)
        await expect(once(socket, 'connect')).rejects.toThrow('ECONNREFUSED')
      }
      const { headers } = await fetch(inspector.url)
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('access-control-allow-origin')).toBeNull()
      expect(headers.get('referrer-policy')).toBe('no-referrer')
    } finally {
      await inspector.close()
    }
  })

  it('shows a stage of its owner, and does to it what it can', async () => {
    const done: unknown[] = []
    const stage = {
      url: 'http://127.0.0.1:9/',
      name: 'a stage of mine',
      restart: () => done.push('restart'),
      trim: () => Promise.reject(new Error('It cannot be trimmed now.')),
      score: () => ({ cuts: 3 }),
    }
    const inspector = await startInspector({ page, stage })
    try {
      expect(await (await fetch(`${inspector.url}config`)).json()).toMatchObject({
        name: 'a stage of mine',
        can: ['restart', 'trim'],
        score: { cuts: 3 },
      })
      const order = (action: string) =>
        fetch(`${inspector.url}control`, { method: 'POST', body: JSON.stringify({ action }) })
      expect((await order('restart')).status).toBe(200)
      expect(done).toEqual(['restart'])
      const failed = await order('trim')
      expect([failed.status, await failed.json()]).toEqual([400, { error: 'It cannot be trimmed now.' }])
      expect((await order('nonsense')).status).toBe(400)
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
