import type { Browser, Page } from 'playwright'
import { expect, it } from 'vitest'
import { startInspector } from '../../src/cli/inspect/start-inspector.js'
import { BROWSERS } from '../support/browsers.js'
import { residentBytes } from './memory.js'
import { figure, reaches } from './page.js'

const MIB = 1024 * 1024
/** `EVENTWIRE_MINUTE_MS=60000` watches for the minute; the shorter time sees a growth by some hundred bytes an event as well. */
const WATCHED_MS = Number(process.env['EVENTWIRE_MINUTE_MS'] ?? 15_000)

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

/** Adds up what Chromium calls layout shifts; Firefox does not tell. */
function watchLayout(): void {
  const seen = globalThis as { jumps?: number }
  if (!PerformanceObserver.supportedEntryTypes.includes('layout-shift')) return
  seen.jumps = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.jumps! += (entry as unknown as { value: number }).value
  }).observe({ type: 'layout-shift' })
}

type Inspector = Awaited<ReturnType<typeof startInspector>>

// Both browsers at once, because it takes long. What they hold is counted when both have come as far.
it('events at 1,000 a second in each browser: few rows, no growing memory', async () => {
  const started: { name: string; browser: Browser; inspector: Inspector; page: Page }[] = []
  try {
    for (const { name, launch } of BROWSERS) {
      const inspector = await startInspector({ page: new URL('../../dist/cli/page/', import.meta.url) })
      const browser = await launch()
      started.push({ name, browser, inspector, page: await browser.newPage() })
    }
    const before = await Promise.all(
      started.map(async ({ page, inspector }) => {
        await page.goto(inspector.url)
        await reaches(page, 'eventwire', ['received', 1])
        await fetch(`${inspector.url}control`, { method: 'POST', body: JSON.stringify({ action: 'rate', rate: 1000 }) })
        // The lists are full by then, and nothing that they keep grows.
        await reaches(page, 'eventwire', ['received', 12_000])
        return { heap: await heapOf(page), received: Number(await figure(page, 'eventwire', 'received')) }
      }),
    )
    for (const { page } of started) await page.evaluate(watchLayout)
    const residentBefore = residentBytes()
    await new Promise((resolve) => setTimeout(resolve, WATCHED_MS))

    // The browsers keep what they may need again; what is looked for is a growth without end.
    expect(residentBytes() - residentBefore).toBeLessThan(300 * MIB)
    for (const [at, { name, page }] of started.entries()) {
      const { heap, received } = before[at]!
      expect(Number(await figure(page, 'eventwire', 'received')) - received, name).toBeGreaterThan(WATCHED_MS / 6)
      expect(await page.locator('.row').count(), name).toBeLessThan(120)
      expect(await page.locator('*').count(), name).toBeLessThan(1000)
      const lists = page.locator('[data-kept]')
      const kept = await lists.evaluateAll((all) => all.map((list) => Number(list.getAttribute('data-kept'))))
      for (const items of kept) expect(items, name).toBeLessThanOrEqual(5000)
      expect(await page.evaluate(() => (globalThis as { jumps?: number }).jumps ?? 0), name).toBeLessThan(0.01)
      if (heap !== undefined) expect((await heapOf(page))! - heap, name).toBeLessThan(8 * MIB)
    }
  } finally {
    for (const { browser, inspector } of started) {
      await browser.close()
      await inspector.close()
    }
  }
})
