// `npm run screenshots`: pictures of the inspector in each state, into docs/.
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { startInspector } from '../dist/cli/inspector.js'

const docs = fileURLToPath(new URL('../docs/', import.meta.url))
const inspector = await startInspector()
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
})

async function take(name, options, act) {
  const page = await browser.newPage(options)
  await page.goto(inspector.url)
  const ours = page.getByRole('region', { name: 'eventwire' })
  const figure = (label) => ours.locator(`[data-figure="${label}"]`)
  const reaches = async (label, least) => {
    while (!(Number(await figure(label).textContent()) >= least)) await page.waitForTimeout(100)
  }
  await reaches('received', 20)
  await act({ page, reaches })
  await page.screenshot({ path: `${docs}${name}.png` })
  await page.close()
}

const wide = { viewport: { width: 1200, height: 1080 } }
const press = (page, name) => page.getByRole('button', { name }).click()

await take('inspector-open', wide, ({ reaches }) => reaches('received', 100))
await take('inspector-cut', wide, async ({ page, reaches }) => {
  await press(page, 'Cut')
  await reaches('connections', 2)
  await reaches('received', 70)
})
await take('inspector-gap', wide, async ({ page, reaches }) => {
  await press(page, 'Trim history')
  await reaches('gaps told', 1)
  await reaches('received', 70)
})
const phone = { viewport: { width: 390, height: 844 }, colorScheme: 'dark', deviceScaleFactor: 2 }
await take('inspector-phone', phone, ({ page }) => press(page, 'Cut'))

await browser.close()
await inspector.close()
