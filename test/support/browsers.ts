import { chromium, firefox, type Browser } from 'playwright'
import { LAUNCH } from '../../scripts/lib/browsers.mjs'

/** What lets a test read the heap of a page. */
const HEAP = ['--js-flags=--expose-gc', '--enable-precise-memory-info']

export const BROWSERS: readonly { name: string; launch(): Promise<Browser> }[] = [
  {
    name: 'chromium',
    launch: () => chromium.launch({ ...LAUNCH.chromium, args: [...LAUNCH.chromium.args, ...HEAP] }),
  },
  { name: 'firefox', launch: () => firefox.launch(LAUNCH.firefox) },
]

export const browserNamed = (name: 'chromium' | 'firefox'): (typeof BROWSERS)[number] =>
  BROWSERS.find((browser) => browser.name === name)!
