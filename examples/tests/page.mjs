// Examples with `/events` and a page that reads it while its component is there.
import { chromium } from 'playwright'
import { check, until } from './check.mjs'
import { test as readTicks } from './ticks.mjs'
import { LAUNCH } from '../../scripts/lib/browsers.mjs'

/** Milliseconds. Some compile what they serve when it is first asked for. */
const timeout = 60_000

export async function test(example) {
  const { url, output, signal } = example
  await readTicks({ ...example, url: `${url}events` })
  const leaves = () => output().split('a reader left').length - 1
  const browser = await chromium.launch(LAUNCH.chromium)
  try {
    const page = await browser.newPage()
    await page.goto(url, { timeout })
    const ticks = page.getByText(/^tick \d+ \(open\)$/)
    const press = (name) => page.getByRole('button', { name }).click()
    await ticks.waitFor({ timeout })
    const before = leaves()
    await press('stop')
    await until(() => leaves() > before, 'the reader leaves with its component', signal)
    check((await ticks.count()) === 0, 'no ticks', await page.innerText('body'))
    await press('start')
    await ticks.waitFor({ timeout })
  } finally {
    await browser.close()
  }
}
