import { inject, it } from 'vitest'
import { EventSource } from '../../src/eventsource/event-source.js'
import type { Host } from '../spec/eventsource/host.js'
import { reportedByWindow } from '../spec/eventsource/reported-by-window.js'

const name = navigator.userAgent.includes('Firefox') ? 'firefox' : 'chromium'

export const host: Host = {
  name,
  subjects: [
    { name: 'ours', EventSource },
    { name, EventSource: globalThis.EventSource },
  ],
  it: (rule, body) => it(rule, body),
  // A page has six connections to a server.
  itBesideOthers: (rule, body) => it(rule, body),
  bases: () => Promise.resolve({ base: location.origin, otherBase: inject('otherBase') }),
  reported: reportedByWindow,
}
