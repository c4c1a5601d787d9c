import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type Plugin } from 'vitest/config'
import { embeddedFixtures } from './test/portable/embed-fixtures.mjs'
import { mswWorker, stageProxy } from './test/browser/stage-proxy.js'
import { LAUNCH } from './scripts/lib/browsers.mjs'

const hostOfPages: Plugin = {
  name: 'host-of-pages',
  enforce: 'pre',
  resolveId(source, importer) {
    if (source !== './host.js' || !importer?.endsWith('/eventsource/specify.ts')) return
    return fileURLToPath(new URL('test/browser/host-page.ts', import.meta.url))
  },
}

const fixtures: Plugin = {
  name: 'fixtures',
  enforce: 'pre',
  resolveId: (source) => (source.endsWith('/embedded-fixtures.js') ? '\0fixtures' : undefined),
  load: (id) => (id === '\0fixtures' ? embeddedFixtures() : undefined),
}

const chromium = playwright({ launchOptions: LAUNCH.chromium })

const firefox = playwright({ launchOptions: LAUNCH.firefox })

export default defineConfig({
  plugins: [stageProxy(), mswWorker(), hostOfPages, fixtures],
  test: {
    include: ['test/browser/*.test.ts', 'test/spec/eventsource-*.test.ts'],
    globalSetup: './test/browser/setup.ts',
    testTimeout: 60_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      instances: [
        { browser: 'chromium', provider: chromium },
        { browser: 'firefox', provider: firefox },
      ],
    },
  },
})
