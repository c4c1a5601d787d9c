import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LAUNCH } from '../../../scripts/lib/browsers.mjs'
import { here } from './catalogue.mjs'

/**
 * A reader in a page of a browser. `html` is its body, `files` are scripts of packages that it loads, `modules` those that `run` imports, and `run` is run in it
 * with the types to listen to: it calls `hand({ event, data, id })` and `over(why)`.
 */
export function inPage({ browser = 'chromium', html = '', files = [], modules = [], run }) {
  let launched
  const launch = async () => {
    const playwright = await import('playwright-core')
    return playwright[browser].launch(LAUNCH[browser])
  }
  return {
    kind: 'reader',
    programs: [LAUNCH[browser].executablePath],
    debian: [{ name: browser === 'firefox' ? 'firefox-esr' : browser }],
    version: {
      of: browser === 'firefox' ? 'Firefox' : 'Chromium',
      command: [LAUNCH[browser].executablePath, '--version'],
    },
    pages: () => ({
      '/page': `<!doctype html><title>page</title>${files.map((_, n) => `<script src="/${n}.js"></script>`).join('')}<body></body>`,
      ...Object.fromEntries(
        [...files, ...modules].map((file, n) => [
          `/${n}.js`,
          { type: 'text/javascript', body: readFileSync(join(here, 'node_modules', file), 'utf8') },
        ]),
      ),
    }),
    async read(url, { types, onEvent, onEnd }) {
      const page = await (await (launched ??= launch())).newPage()
      await page.exposeFunction('hand', onEvent)
      await page.exposeFunction('over', onEnd)
      await page.goto(new URL('/page', url).href)
      await page.evaluate(run, { types, html })
      return { close: () => page.close() }
    },
    async end() {
      await (await launched)?.close()
    },
  }
}

/** The built-in class of a browser. */
export const builtIn = (browser) =>
  inPage({
    browser,
    run({ types }) {
      const source = new EventSource('/events')
      for (const type of types) {
        source.addEventListener(type, ({ data, lastEventId }) =>
          globalThis.hand({ event: type, data, id: lastEventId }),
        )
      }
      source.addEventListener('error', () => source.readyState === 2 && globalThis.over('closed'))
    },
  })
