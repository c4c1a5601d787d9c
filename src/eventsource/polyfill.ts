import { EventSource } from './event-source.js'

// As Web IDL has it for interfaces; a plain assignment would show it in `for...in`.
if (typeof globalThis.EventSource !== 'function') {
  Object.defineProperty(globalThis, 'EventSource', { value: EventSource, writable: true, configurable: true })
}
