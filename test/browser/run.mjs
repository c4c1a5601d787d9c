// Runs the browser tests in Chromium and Firefox. Where a browser is missing it says how to get it: a failure in
// CI, a message elsewhere.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const browsers = [
  { name: 'chromium', path: process.env.CHROMIUM ?? '/usr/bin/chromium', variable: 'CHROMIUM' },
  { name: 'firefox-esr', path: process.env.FIREFOX ?? '/usr/bin/firefox-esr', variable: 'FIREFOX' },
]

const missing = browsers.filter(({ path }) => !existsSync(path))
if (missing.length > 0) {
  for (const { name, path, variable } of missing) {
    console.error(`No browser at ${path}. Install one (Debian: apt-get install ${name}), or name yours in ${variable}.`)
  }
  process.exit(process.env.CI ? 1 : 0)
}

const vitest = join(root, 'node_modules/vitest/vitest.mjs')
/** The first runs its tests in pages; the second drives pages from without, beside servers, Redis and nginx. */
const configs = ['vitest.browser.config.ts', 'vitest.driven.config.ts']
for (const config of configs) {
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--config', config], { cwd: root, stdio: 'inherit' })
  process.exitCode ||= status ?? 1
}
