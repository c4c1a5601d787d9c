import axe from 'axe-core'
import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startInspector } from '../../src/cli/inspect/start-inspector.js'
import type { BROWSERS } from '../support/browsers.js'
import { serve } from '../support/servers/http.js'
import { figure, phase, press, reaches, until } from './page.js'

const OURS = 'eventwire'
const OTHER = "the browser's EventSource"

type Inspector = Awaited<ReturnType<typeof startInspector>>

/** The tests of the page, in a file for each browser so that they run side by side. */
export function describePageIn({ name, launch }: (typeof BROWSERS)[number]): void {
  describe(`the inspector page in ${name}`, () => {
    let browser: Browser
    let inspector: Inspector
    let page: Page
    /** What the page asked of anybody but the command. */
    let foreign: string[]

    beforeAll(async () => {
      browser = await launch()
    })
    afterAll(() => browser.close())
    beforeEach(async () => {
      inspector = await startInspector({ page: new URL('../../dist/cli/page/', import.meta.url) })
      page = await browser.newPage()
      foreign = []
      const { origin } = new URL(inspector.url)
      page.on('request', (request) => {
        if (/^https?:/.test(request.url()) && new URL(request.url()).origin !== origin) foreign.push(request.url())
      })
      await page.goto(inspector.url)
      await reaches(page, OURS, ['received', 5])
      await reaches(page, OTHER, ['received', 5])
    })
    afterEach(async () => {
      await page.close()
      await inspector.close()
      expect(foreign).toEqual([])
    })

    it('Cut: both resume, nothing is lost, nothing comes twice', async () => {
      await press(page, 'Cut')
      for (const reader of [OURS, OTHER] as const) {
        await reaches(page, reader, ['connections', 2])
        expect(Number(await figure(page, reader, 'resumed after'))).toBeGreaterThan(0)
        const received = Number(await figure(page, reader, 'received'))
        await reaches(page, reader, ['received', received + 3])
        expect([await figure(page, reader, 'lost'), await figure(page, reader, 'repeated')]).toEqual(['0', '0'])
      }
    })

    it('tells what a resume is, step by step, with what was asked and what came first', async () => {
      const steps = page.getByRole('region', { name: 'The last resume of eventwire' }).getByRole('listitem')
      expect(await steps.allTextContents()).toEqual([
        'The connection breaksNothing has broken yet. Press Cut.',
        'The reader asks againIt says which event it had last.',
        'The server goes on from thereIt sends what came after that event, then what is new.',
      ])
      await press(page, 'Cut')
      await until(async () => (await steps.nth(2).textContent())!.includes('came first'), 'the end of the story')
      const id = Number(await figure(page, OURS, 'resumed after'))
      expect(await steps.nth(0).textContent()).toContain(`had event ${id} last`)
      expect(await steps.nth(1).textContent()).toContain(`Last-Event-ID: ${id}`)
      expect(await steps.nth(2).textContent()).toContain(`Event ${id + 1} came first. Nothing lost, nothing twice.`)
    })

    it('is worked by keyboard alone', async () => {
      const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '')
      for (let presses = 0; (await focused()) !== 'Cut' && presses < 20; presses++) await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await reaches(page, OURS, ['connections', 2])
      expect(await focused()).toBe('Cut')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Space')
      await page.getByRole('button', { name: 'Stall', pressed: true }).waitFor()
    })

    it('Stall: our client notices, the EventSource waits', async () => {
      await press(page, 'Stall')
      await until(async () => (await phase(page, OURS)) !== 'open', 'our client giving up')
      expect(await phase(page, OTHER)).toBe('open')
      expect(await page.getByRole('region', { name: OTHER, exact: true }).textContent()).toContain('silent for')
      await press(page, 'Stall')
      await until(async () => (await phase(page, OURS)) === 'open', 'our client being back')
      expect(await figure(page, OURS, 'lost')).toBe('0')
    })

    it('Kick and Restart server: both are back, without a loss', async () => {
      await press(page, 'Kick')
      for (const reader of [OURS, OTHER] as const) await reaches(page, reader, ['connections', 2])
      await press(page, 'Restart server')
      for (const reader of [OURS, OTHER] as const) {
        await reaches(page, reader, ['connections', 3])
        expect(await figure(page, reader, 'lost')).toBe('0')
      }
    })

    it('Trim history: the gap is told, and counted', async () => {
      await press(page, 'Trim history')
      await reaches(page, OURS, ['gaps told', 1])
      await reaches(page, OURS, ['lost', 1])
      await reaches(page, OTHER, ['gaps told', 1])
    })

    it('Slow reader: it falls behind the other', async () => {
      await press(page, 'Slow reader')
      const distance = async (): Promise<number> =>
        Number(await figure(page, OTHER, 'last event ID')) - Number(await figure(page, OURS, 'last event ID'))
      await until(async () => (await distance()) >= 5, 'a distance of 5 events')
    })

    it('another address: a POST with headers and a body, which the EventSource cannot send', async () => {
      const asked: unknown[] = []
      await using api = await serve(async (request, response) => {
        let body = ''
        for await (const text of request.setEncoding('utf8')) body += text as string
        asked.push([request.method, request.headers['authorization'], body])
        response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .write(`data: <i>${'a'.repeat(3)}</i>\n\n`.repeat(7))
      })
      await page.getByText('Inspect another address').click()
      await page.getByLabel('Address').fill(api.url)
      await page.getByLabel('Method').selectOption('POST')
      await page.getByLabel(/^Headers/).fill('no colon here')
      await page.getByRole('button', { name: 'Inspect', exact: true }).click()
      await page.getByText('A header needs a colon: "no colon here"').waitFor()
      await page.getByLabel(/^Headers/).fill('Authorization: Bearer abc')
      await page.getByLabel('Body').fill('{"prompt":"Hi"}')
      await page.getByRole('button', { name: 'Inspect', exact: true }).click()
      // The counters are those of the stream before until the page has changed.
      await until(async () => asked.length > 0, 'the request')
      await reaches(page, OURS, ['received', 7])
      expect(asked[0]).toEqual(['POST', 'Bearer abc', '{"prompt":"Hi"}'])
      await page.getByText('<i>aaa</i>').first().waitFor()
      expect(await page.getByRole('region', { name: OTHER, exact: true }).textContent()).toContain('cannot send a POST')
    })

    it('Disconnect: nothing is left running', async () => {
      await press(page, 'Disconnect')
      await until(async () => (await phase(page, OURS)) === 'closed', 'the end')
      const open = async (): Promise<number> =>
        ((await (await fetch(`${inspector.url}config`)).json()) as { open: number }).open
      await until(async () => (await open()) === 0, 'no connection')
      await press(page, 'Disconnect')
      await until(async () => (await open()) === 2, 'two connections')
      await page.goto('about:blank')
      await until(async () => (await open()) === 0, 'no connection after the page is gone')
    })

    it.each(['light', 'dark'] as const)(
      'axe finds nothing in %s, at a phone, and nothing is wider than it',
      async (colorScheme) => {
        await page.emulateMedia({ colorScheme }).catch(() => {})
        await page.setViewportSize({ width: 390, height: 844 })
        await page.evaluate(axe.source)
        const violations = await page.evaluate(async () => {
          const { violations: found } = await (globalThis as unknown as { axe: typeof axe }).axe.run()
          return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`)
        })
        expect(violations).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
      },
    )
  })
}
