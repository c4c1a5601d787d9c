import { existsSync } from 'node:fs'
import { chromium, firefox } from 'playwright'
import { createScriptedServer } from '../../dist/testing/server/index.js'
import { LAUNCH } from '../../scripts/lib/browsers.mjs'

const PAGE = '/page-of-the-test'

// A page may only read streams of its own origin, so the scripted server serves it as well. Only what the
// script is meant for counts as a request.
async function createServer(script) {
  let next = 0
  const server = await createScriptedServer((request) => {
    if (request.url === PAGE)
      return [{ headers: { 'content-type': 'text/html' } }, { bytes: '<!doctype html><title>test</title>' }]
    if (request.url === '/favicon.ico') return undefined
    return script[next++]
  })
  return {
    url: server.url,
    get requests() {
      return server.requests.filter(({ url }) => url !== PAGE && url !== '/favicon.ico')
    },
    close: () => server.close(),
  }
}

function adapter(browser) {
  return async (url, { types, onEvent, onClose }) => {
    const page = await browser.newPage()
    await page.exposeFunction('hand', onEvent)
    await page.exposeFunction('over', onClose)
    await page.goto(new URL(PAGE, url).href)
    await page.evaluate((names) => {
      const source = (globalThis.source = new EventSource('/'))
      for (const type of names) {
        source.addEventListener(type, ({ data, lastEventId }) =>
          globalThis.hand({ event: type, data, id: lastEventId }),
        )
      }
      source.addEventListener('error', () => source.readyState === 2 && globalThis.over())
    }, types)
    let closing
    const close = async () => {
      await page.evaluate(() => globalThis.source.close())
    }
    // The suite closes once more when it is done with a client that it has closed.
    return { close: () => (closing ??= close()), dispose: () => page.close() }
  }
}

const BROWSERS = [
  ['Chromium', chromium, LAUNCH.chromium],
  ['Firefox', firefox, LAUNCH.firefox],
]

/** The built-in class of each browser that is installed. */
export const browsers = BROWSERS.filter(([, , { executablePath }]) => existsSync(executablePath)).map(
  ([name, type, options]) => {
    let browser
    return {
      name: `${name} EventSource`,
      note: 'the built-in class, driven from outside.',
      without: ['close-in-handler'],
      createServer,
      // Firefox comes back after 5 seconds where no `retry` says otherwise.
      timeout: 8000,
      async begin() {
        browser = await type.launch(options)
        this.version = browser.version()
        return adapter(browser)
      },
      end: () => browser.close(),
    }
  },
)
