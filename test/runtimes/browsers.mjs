// Loads the page of tests in a browser, and gives back what it wrote.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, firefox } from 'playwright'
import { LAUNCH } from '../../scripts/lib/browsers.mjs'
import { freePort } from '../../scripts/lib/free-port.mjs'

const READ = '({ ...document.documentElement.dataset })'
const MINI_BROWSER = ['4.1', '4.0', '6.0']
  .map((version) => `/usr/lib/x86_64-linux-gnu/webkit2gtk-${version}/MiniBrowser`)
  .find(existsSync)

/** Name, what must be there, and how it is driven. Each takes the page's URL and the milliseconds it may take. */
export const BROWSERS = {
  chromium: {
    file: LAUNCH.chromium.executablePath,
    visit: (url, bound) => byPlaywright(() => chromium.launch(LAUNCH.chromium), url, bound),
  },
  firefox: {
    file: LAUNCH.firefox.executablePath,
    visit: (url, bound) => byPlaywright(() => firefox.launch(LAUNCH.firefox), url, bound),
  },
  webkit: { file: MINI_BROWSER ?? 'MiniBrowser of WebKitGTK (Debian: webkit2gtk-driver, xvfb)', visit: byWebDriver },
}

async function byPlaywright(launch, url, bound) {
  const browser = await launch()
  try {
    const page = await browser.newPage()
    await page.goto(url)
    await page.waitForFunction('document.documentElement.dataset.result', undefined, { timeout: bound })
    return await page.evaluate(READ)
  } finally {
    await browser.close()
  }
}

/** WebKitGTK has a driver that speaks the WebDriver protocol, and needs a display. */
async function byWebDriver(url, bound) {
  const port = await freePort()
  const driver = spawn('xvfb-run', ['-a', 'WebKitWebDriver', `--port=${port}`], { stdio: 'ignore', detached: true })
  const over = once(driver, 'close')
  try {
    const call = async (method, path, body) => {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
      const response = await fetch(`http://127.0.0.1:${port}${path}`, init)
      const { value } = await response.json()
      if (!response.ok) throw new Error(`WebDriver: ${value.error}: ${value.message}`)
      return value
    }
    const until = Date.now() + bound
    while (!(await call('GET', '/status').catch(() => {}))) {
      if (Date.now() > until) throw new Error('WebKitWebDriver does not answer.')
      await sleep(100)
    }
    const browserOptions = { binary: MINI_BROWSER, args: ['--automation'] }
    const { sessionId } = await call('POST', '/session', {
      capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': browserOptions } },
    })
    try {
      await call('POST', `/session/${sessionId}/url`, { url })
      for (;;) {
        const script = { script: `return ${READ}`, args: [] }
        const read = await call('POST', `/session/${sessionId}/execute/sync`, script)
        if (read.result) return read
        if (Date.now() > until) throw new Error(`The page is not done. ${read.output ?? ''}`)
        await sleep(200)
      }
    } finally {
      await call('DELETE', `/session/${sessionId}`)
    }
  } finally {
    // The group: the display goes with the driver.
    process.kill(-driver.pid)
    await over
  }
}
