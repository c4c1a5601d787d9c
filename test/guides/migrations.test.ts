import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventStream } from '../../src/server/event-stream.js'
import { BROWSERS } from '../support/browsers.js'
import { Cleanup } from '../support/leaks/cleanup.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

let browser: Browser
beforeAll(async () => {
  browser = await BROWSERS[0]!.launch()
})
afterAll(() => browser.close())

// Of these two migrations the code before is for pages alone, so it runs in one.
it.each([
  ['sse-js', '/chat', { data: 'Hello' }, 'Hello'],
  ['built-in-eventsource', '/prices', { event: 'price', data: { value: 1 } }, '{value: 1}'],
])('what is left behind in migrate-%s.md runs, in Chromium', async (name, path, message, printed) => {
  await using cleanup = new Cleanup()
  const guide = readFileSync(join(ROOT, `docs/guides/migrate-${name}.md`), 'utf8')
  const code = guide.split('Before:\n\n```ts no-run\n')[1]!.split('\n```')[0]!
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    format: 'esm',
    write: false,
  })
  const server = createServer((req, res) => {
    if (req.url === path) {
      eventStream(req, res, async function* () {
        yield message
      })
    } else if (req.url === '/code.js') {
      res.writeHead(200, { 'content-type': 'text/javascript' }).end(outputFiles[0]!.text)
    } else {
      res.writeHead(200, { 'content-type': 'text/html' }).end('<script type="module" src="/code.js"></script>')
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanup.defer(() => {
    server.close()
    server.closeAllConnections()
  })
  const page = await browser.newPage()
  cleanup.defer(() => page.close())
  const seen = page.waitForEvent('console', { predicate: (line) => line.type() === 'log', timeout: 60_000 })
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  expect((await seen).text()).toBe(printed)
})
