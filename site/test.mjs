// Tries the built site in Chromium: axe on pages of each kind in light and dark, the search, and the playground by use.
// Writes docs/screenshots/playground.png with --screenshot.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { LAUNCH } from '../scripts/lib/browsers.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const dist = join(here, 'dist')
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.md': 'text/markdown',
  '.txt': 'text/plain',
  '.woff2': 'font/woff2',
}

const { executablePath } = LAUNCH.chromium
if (!existsSync(executablePath)) {
  console.error(
    `No browser at ${executablePath}. Install one (Debian: apt-get install chromium), or name yours in CHROMIUM.`,
  )
  process.exit(process.env.CI ? 1 : 0)
}

const server = createServer((request, response) => {
  const path = join(dist, decodeURIComponent(new URL(request.url, 'http://localhost').pathname))
  const file = path.endsWith('/') ? `${path}index.html` : path
  if (!file.startsWith(dist) || !existsSync(file)) return response.writeHead(404).end()
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
  createReadStream(file).pipe(response)
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const origin = `http://127.0.0.1:${server.address().port}`

const browser = await chromium.launch(LAUNCH.chromium)
const axe = readFileSync(join(here, 'node_modules/axe-core/axe.min.js'), 'utf8')
let passed = 0
const failures = []
async function trial(name, run) {
  try {
    await run()
    passed += 1
    console.log(`ok      ${name}`)
  } catch (error) {
    failures.push(name)
    console.log(`FAILED  ${name}\n${error.stack}`)
  }
}

for (const colorScheme of ['light', 'dark']) {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  for (const path of ['/', '/docs/client.html', '/docs/errors.html', '/docs/playground.html']) {
    await trial(`axe, ${colorScheme}: ${path}`, async () => {
      await page.goto(origin + path)
      if (path.includes('playground')) await page.locator('.playground').waitFor()
      await page.evaluate(axe)
      // The theme's own parts are left to the theme.
      const { violations } = await page.evaluate(() => globalThis.axe.run('main'))
      const found = violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
      )
      assert.deepEqual(found.slice(0, 5), [])
    })
  }
  await context.close()
}

const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } })
const errors = []
page.on('pageerror', (error) => errors.push(String(error)))
const events = () => page.locator('.events li[data-kind=event] pre').allTextContents()

await trial('playground: events of the example, wherever the chunks are cut', async () => {
  await page.goto(`${origin}/docs/playground.html`)
  await page.locator('.playground').waitFor()
  const whole = await events()
  assert.equal(whole.length, 2)
  await page.getByRole('button', { name: 'Every byte' }).click()
  assert.deepEqual(await events(), whole)
  await page.getByRole('button', { name: 'One chunk' }).click()
  assert.deepEqual(await events(), whole)
  for (const lineEnd of ['CRLF', 'CR']) {
    await page.getByLabel('Lines end with').selectOption(lineEnd)
    assert.deepEqual(await events(), whole)
  }
})

await trial('playground: a boundary is moved by the keyboard', async () => {
  await page.getByRole('button', { name: 'Add a boundary' }).click()
  const slider = page.getByRole('slider').first()
  const before = Number(await slider.inputValue())
  await slider.focus()
  await page.keyboard.press('ArrowRight')
  assert.equal(Number(await slider.inputValue()), before + 1)
  // No further than the next one.
  await page.getByRole('button', { name: 'Add a boundary' }).click()
  await slider.focus()
  await page.keyboard.press('End')
  assert.equal(await slider.inputValue(), await page.getByRole('slider').nth(1).inputValue())
})

await trial('playground: the address keeps what was typed', async () => {
  await page.getByLabel('Text of the stream').fill('event: hi\ndata: <b>typed</b>\n\n')
  assert.deepEqual(await events(), ['<b>typed</b>'])
  await page.waitForFunction(() => location.hash.includes('typed'))
  const other = await browser.newPage()
  await other.goto(page.url())
  await other.locator('.events li').first().waitFor()
  assert.equal(await other.getByLabel('Text of the stream').inputValue(), 'event: hi\ndata: <b>typed</b>\n\n')
  await other.close()
})

await trial('search finds a page', async () => {
  await page.goto(`${origin}/`)
  await page.locator('.VPNavBarSearch button').click()
  await page.locator('.VPLocalSearchBox input').fill('idleTimeout')
  await page.locator('.VPLocalSearchBox .result').first().waitFor()
})

await trial('every page is there as Markdown, and llms.txt names them', async () => {
  const list = await (await fetch(`${origin}/llms.txt`)).text()
  const links = [...list.matchAll(/\]\(([^)]+\.md)\)/g)].map(([, link]) => link)
  assert.ok(links.length > 10)
  for (const link of links) {
    const response = await fetch(origin + link)
    assert.equal(response.status, 200, link)
    await response.text()
  }
})

await trial('no page threw', () => assert.deepEqual(errors, []))

if (process.argv.includes('--screenshot')) {
  await page.goto(`${origin}/docs/playground.html`)
  await page.locator('.playground').waitFor()
  await page.screenshot({ path: join(here, '../docs/screenshots/playground.png') })
}
await browser.close()
server.closeAllConnections()
server.close()
console.log(`${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length > 0 ? 1 : 0
