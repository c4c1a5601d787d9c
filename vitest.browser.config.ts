import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type Plugin } from 'vitest/config'
import { embeddedFixtures } from './test/portable/embed-fixtures.mjs'
import { mswWorker, stageProxy } from './test/browser/stage-proxy.js'

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

const chromium = playwright({
  launchOptions: {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  },
})

const firefox = playwright({
  launchOptions: { channel: 'moz-firefox', executablePath: process.env['FIREFOX'] ?? '/usr/bin/firefox-esr' },
})

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
