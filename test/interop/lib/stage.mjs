import { once } from 'node:events'
import { createServer } from 'node:http'
import { createCutter } from './cutter.mjs'

/**
 * A server of ours as a reader finds it: behind a connection that can be lost and, with `between`, behind a peer. What it
 * answers is set for each exchange. Whoever made it closes it.
 */
export async function createStage({ pages: makePages, between = {} }) {
  const pages = makePages?.() ?? {}
  const requests = []
  let answer
  const serve = between.wrap?.(handle) ?? handle

  function handle(req, res) {
    const { pathname } = new URL(req.url, 'http://localhost')
    if (pathname === '/favicon.ico') return void res.writeHead(204).end()
    const page = pages[pathname]
    if (page !== undefined) {
      const { type = 'text/html; charset=utf-8', body } = typeof page === 'string' ? { body: page } : page
      return void res.writeHead(200, { 'content-type': type }).end(body)
    }
    requests.push({ method: req.method, url: req.url, headers: req.headers, at: performance.now() })
    return answer(req, res)
  }

  const origin = between.origin?.(serve) ?? createServer(serve)
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  const cutter = await createCutter(origin.address().port)
  const proxy = await between.start?.(cutter.port)
  const url = proxy?.url ?? `${between.scheme ?? 'http'}://localhost:${cutter.port}`

  return {
    url,
    requests,
    cutter,
    set answer(handler) {
      requests.length = 0
      answer = handler
    },
    async close() {
      await proxy?.close()
      await cutter.close()
      origin.closeAllConnections?.()
      origin.close()
    },
  }
}
