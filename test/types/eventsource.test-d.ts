import type { ConnectError } from '../../src/eventsource/index.js'
import { EventSource, type EventSourceInit } from '../../src/eventsource/index.js'

// In place of the global, in code written for it.
export const inPlace: typeof globalThis.EventSource = EventSource
export const asTheirs = (source: EventSource): globalThis.EventSource => source

const source = new EventSource('/events', { withCredentials: true, headers: { a: 'b' } } satisfies EventSourceInit)
export const ofUrl: EventSource = new EventSource(new URL('http://example.com/'))

export const state: 0 | 1 | 2 = source.readyState
export const constants: [0, 1, 2] = [EventSource.CONNECTING, source.OPEN, EventSource.CLOSED]

source.onmessage = ({ data, lastEventId, origin }) => {
  const texts: string[] = [data, lastEventId, origin]
  void texts
}
source.addEventListener('tick', (event) => {
  const text: string = event.data
  void text
})
source.addEventListener('error', ({ error }) => {
  const known: ConnectError | undefined = error
  void known
})
source.addEventListener('open', { handleEvent: (event: Event) => void event }, { once: true })
source.onerror = null

// @ts-expect-error the state is read-only
source.readyState = 1
// @ts-expect-error a handler is a function
source.onopen = 'x'
// @ts-expect-error there is no such member
export const wrong: EventSource = new EventSource('/events', { retries: 5 })

export class Own extends EventSource {
  count = 0
}
