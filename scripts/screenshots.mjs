// `npm run screenshots`: pictures of the inspector in each state, into docs/screenshots.
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { startInspector } from '../dist/cli/inspector.js'
import { LAUNCH } from './lib/browsers.mjs'

const folder = fileURLToPath(new URL('../docs/screenshots/', import.meta.url))
const WIDE = { viewport: { width: 1200, height: 1000 } }
const DARK = { ...WIDE, colorScheme: 'dark' }
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }
const DARK_PHONE = { ...PHONE, colorScheme: 'dark' }

/** What is pressed, and what is there before the picture is taken. */
const STATES = {
  open: { ...WIDE, act: ({ figure }) => figure('received', 25) },
  cut: {
    ...WIDE,
    fullPage: true,
    async act({ press, figure, phase }) {
      await press('Cut')
      await figure('connections', 2)
      await phase('open', 2)
    },
  },
  waiting: {
    ...WIDE,
    async act({ press, phase }) {
      await press('Restart server')
      await phase('waiting', 1)
    },
  },
  stall: {
    ...WIDE,
    async act({ press, phase, page }) {
      await press('Stall')
      await phase('waiting', 1)
      await page.getByText('silent for').waitFor()
    },
  },
  slow: {
    ...DARK,
    rate: 20,
    async act({ press, page }) {
      await press('Slow reader')
      await page.getByText('events behind the other').waitFor()
      await page.waitForTimeout(2000)
    },
  },
  gap: {
    ...WIDE,
    async act({ press, figure }) {
      await press('Trim history')
      await figure('gaps told', 1)
      await figure('lost', 1)
    },
  },
  disconnected: {
    ...WIDE,
    async act({ press, phase }) {
      await press('Disconnect')
      await phase('closed', 2)
    },
  },
  dark: {
    ...DARK,
    async act({ press, figure, phase }) {
      await press('Kick')
      await figure('connections', 2)
      await phase('open', 2)
    },
  },
  phone: {
    ...PHONE,
    async act({ press, figure }) {
      await press('Cut')
      await figure('connections', 2)
    },
  },
  'phone-dark': {
    ...DARK_PHONE,
    async act({ press, phase }) {
      await press('Restart server')
      await phase('waiting', 1)
    },
  },
}

const browser = await chromium.launch(LAUNCH.chromium)

for (const [state, { act, fullPage = false, rate = 4, ...options }] of Object.entries(STATES)) {
  const inspector = await startInspector()
  const page = await browser.newPage(options)
  await page.goto(inspector.url)
  const ours = page.getByRole('region', { name: 'eventwire', exact: true })
  const figure = async (label, least) => {
    const value = ours.locator(`[data-figure="${label}"]`)
    while (!(Number(await value.textContent()) >= least)) await page.waitForTimeout(50)
  }
  const phase = async (name, readers) => {
    while ((await page.locator(`.pill.${name}`).count()) < readers) await page.waitForTimeout(20)
  }
  const press = (name) => page.getByRole('button', { name }).click()
  // Slow enough that what happened a moment ago is still seen.
  const body = JSON.stringify({ action: 'rate', rate })
  await fetch(`${inspector.url}control`, { method: 'POST', body })
  await figure('received', 10)
  await act({ page, press, figure, phase })
  await page.mouse.move(0, 0)
  await page.screenshot({ path: `${folder}inspector-${state}.png`, fullPage })
  await page.close()
  await inspector.close()
  console.log(`docs/screenshots/inspector-${state}.png`)
}
await browser.close()
