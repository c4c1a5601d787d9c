import type { EventSource, EventSourceErrorEvent } from '../../../src/eventsource/types.js'

/** The next event of this type. */
export function next<E extends Event = MessageEvent<string>>(source: EventSource, type: string): Promise<E> {
  return new Promise((resolve) => {
    source.addEventListener(type, (event) => resolve(event as Event as E), { once: true })
  })
}

export function nextError(source: EventSource): Promise<EventSourceErrorEvent> {
  return next<EventSourceErrorEvent>(source, 'error')
}
