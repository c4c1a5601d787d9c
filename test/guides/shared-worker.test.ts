import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { createChannel } from '../../src/server/channel/create-channel.js'
import { until } from '../inspector/page.js'
import { BROWSERS } from '../support/browsers.js'
import { Cleanup } from '../support/leaks/cleanup.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const GUIDE = readFileSync(join(ROOT, 'docs/guides/service-workers.md'), 'utf8')
const blockOf = (name: string): string => GUIDE.split(`\`\`\`js ${name}\n`)[1]!.split('\n```')[0]!

/** More than the connections that a browser opens to one origin over HTTP/1.1. */
const TABS = 8

const textOf = (page: Page): Promise<string | null> => page.locator('p').textContent()

it('in Chromium: eight tabs share one connection over HTTP/1.1, and a tab that comes later has the latest event', async () => {
  await using cleanup = new Cleanup()
  const { outputFiles } = await build({
    stdin: { contents: blockOf('shared-worker'), resolveDir: ROOT },
    bundle: true,
    format: 'esm',
    write: false,
    alias: { 'eventwire/client': join(ROOT, 'src/client/index.ts') },
  })
  const files: Record<string, [type: string, body: string]> = {
    '/shared-worker.js': ['text/javascript', outputFiles[0]!.text],
    '/': [
      'text/html',
      `<p></p><script type="module">
        const show = (event, data) => (document.querySelector('p').textContent = event + ' ' + data)
        ${blockOf('page')}
      </script>`,
    ],
  }
  const channel = createChannel({ heartbeat: 0 })
  const server = createServer((req, res) => {
    if (req.url === '/events') return void channel.node(req, res)
    const [type, body] = files[req.url!] ?? ['text/plain', '']
    res.writeHead(200, { 'content-type': type }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanup.defer(() => {
    server.close()
    server.closeAllConnections()
  })
  cleanup.defer(() => channel.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  const browser = await BROWSERS[0]!.launch()
  cleanup.defer(() => browser.close())
  const context = await browser.newContext()
  const tabs: Page[] = []
  const open = async (): Promise<Page> => {
    const tab = await context.newPage()
    await tab.goto(url)
    tabs.push(tab)
    return tab
  }
  for (let number = 0; number < TABS; number++) await open()
  await until(async () => channel.connections === 1, 'the connection of the worker')
  await channel.publish('price', '1')
  for (const tab of tabs) await until(async () => (await textOf(tab)) === 'price 1', 'the event in each tab')

  const late = await open()
  await until(async () => (await textOf(late)) === 'price 1', 'the latest event in a tab that came later')
  for (const tab of tabs.slice(0, TABS)) await tab.close()
  await channel.publish('price', '2')
  await until(async () => (await textOf(late)) === 'price 2', 'the next event')
  expect(channel.connections).toBe(1)

  await late.close()
  await until(async () => channel.connections === 0, 'the end of the worker')
})
