import { inject, it } from 'vitest'
import { EventSource } from '../../src/eventsource/event-source.js'
import type { Host } from '../spec/eventsource/host.js'

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
  async reported(run) {
    const reported: unknown[] = []
    const listener = (event: ErrorEvent): void => {
      reported.push(event.error)
      event.preventDefault()
      event.stopImmediatePropagation()
    }
    window.addEventListener('error', listener, { capture: true })
    try {
      await run()
      await new Promise((resolve) => setTimeout(resolve))
    } finally {
      window.removeEventListener('error', listener, { capture: true })
    }
    return reported
  },
}
