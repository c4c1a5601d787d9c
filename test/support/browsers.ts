import { chromium, firefox, type Browser } from 'playwright'

export const BROWSERS: readonly { name: string; launch(): Promise<Browser> }[] = [
  {
    name: 'chromium',
    launch: () =>
      chromium.launch({
        executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
          '--js-flags=--expose-gc',
          '--enable-precise-memory-info',
        ],
      }),
  },
  {
    name: 'firefox',
    launch: () =>
      firefox.launch({
        channel: 'moz-firefox',
        executablePath: process.env['FIREFOX'] ?? '/usr/bin/firefox-esr',
      }),
  },
]
