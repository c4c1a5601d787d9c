import { EventSource } from '../../src/eventsource/index.js'
import type { Host } from '../spec/eventsource/host.js'
import { reportedByWindow } from '../spec/eventsource/reported-by-window.js'
import type { Check } from './check.js'

const { userAgent } = navigator

/** What the files of rules have said, to be run by the page that loads them. */
export const collected: { alone: Check[]; besideOthers: Check[] } = { alone: [], besideOthers: [] }

export const host: Host = {
  name: userAgent.includes('Firefox') ? 'firefox' : userAgent.includes('Chrome') ? 'chromium' : 'webkit',
  subjects: [{ name: 'ours', EventSource }],
  it: (rule, run) => void collected.alone.push({ name: rule, run }),
  itBesideOthers: (rule, run) => void collected.besideOthers.push({ name: rule, run }),
  // The other name of the stage server stands in the address of the page.
  bases: () =>
    Promise.resolve({ base: location.origin, otherBase: new URLSearchParams(location.search).get('other')! }),
  reported: reportedByWindow,
}

/** A page knows where it is from. */
export function useStage(): void {}
