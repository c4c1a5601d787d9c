import type { Page } from 'playwright'
import { it } from 'vitest'
import { startInspector } from '../../src/cli/inspect/start-inspector.js'
import { BROWSERS } from '../support/browsers.js'
import { residentBytes } from './memory.js'
import { figure, reaches } from './page.js'

const MIB = 1024 * 1024
const WATCHED_MS = Number(process.env['EVENTWIRE_MINUTE_MS'] ?? 60_000)

/** Chromium tells the size of its heap after a collection; of Firefox there is what its processes hold. */
const heapOf = (page: Page): Promise<number | undefined> =>
  page.evaluate(() => {
    const { gc, performance } = globalThis as unknown as {
      gc?(): void
      performance: { memory?: { usedJSHeapSize: number } }
    }
    gc?.()
    return gc && performance.memory?.usedJSHeapSize
  })

// Both at once: it takes long.
it.concurrent.for(BROWSERS)(
  'a minute of 1,000 events a second in $name: few rows, no growing memory',
  async ({ launch }, { expect }) => {
    const inspector = await startInspector({ page: new URL('../../dist/cli/page/', import.meta.url) })
    const browser = await launch()
    try {
      const page = await browser.newPage()
      await page.goto(inspector.url)
      await reaches(page, 'eventwire', ['received', 1])
      await fetch(`${inspector.url}control`, { method: 'POST', body: JSON.stringify({ action: 'rate', rate: 1000 }) })
      // The lists are full by then, and nothing that they keep grows.
      await reaches(page, 'eventwire', ['received', 12_000])
      const before = { heap: await heapOf(page), resident: residentBytes() }
      const received = Number(await figure(page, 'eventwire', 'received'))
      await new Promise((resolve) => setTimeout(resolve, WATCHED_MS))

      expect(Number(await figure(page, 'eventwire', 'received')) - received).toBeGreaterThan(WATCHED_MS / 6)
      expect(await page.locator('.row').count()).toBeLessThan(120)
      expect(await page.locator('*').count()).toBeLessThan(1000)
      const kept = await page
        .locator('[data-kept]')
        .evaluateAll((lists) => lists.map((list) => Number(list.getAttribute('data-kept'))))
      for (const items of kept) expect(items).toBeLessThanOrEqual(5000)
      const heap = await heapOf(page)
      if (heap !== undefined) expect(heap - before.heap!).toBeLessThan(8 * MIB)
      // Of both browsers. They keep what they may need again; what is looked for is a growth without end, some hundred bytes an event.
      expect(residentBytes() - before.resident).toBeLessThan(300 * MIB)
    } finally {
      await browser.close()
      await inspector.close()
    }
  },
)
