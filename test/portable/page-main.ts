import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { relay } from '../spec/eventsource/relay.js'

// Serves the page of tests, and the stage server on its origin, for as long as the standard input is open.
const stageUrl = process.env['STAGE_URL']!
const PAGE =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="/page.mjs"></script>'

const server = createServer((req, res) => {
  const { pathname } = new URL(req.url!, stageUrl)
  if (pathname.startsWith('/stage')) return relay(req, res, stageUrl)
  const isScript = pathname === '/page.mjs'
  res.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
  res.end(isScript ? readFileSync(new URL('page.mjs', import.meta.url)) : PAGE)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
const other = `http://localhost:${new URL(stageUrl).port}`
console.log(`http://127.0.0.1:${port}/?other=${encodeURIComponent(other)}`)
process.stdin.resume().on('end', () => {
  server.close()
  server.closeAllConnections()
})
