/**
 * Sets `globalThis.EventSource` to the class of `eventwire/eventsource` where the host has none; one that exists is
 * left alone. Import it before the code that needs it.
 *
 * @example
 * ```ts
 * import 'eventwire/polyfill'
 *
 * typeof globalThis.EventSource // => 'function'
 * ```
 *
 * @module
 */
import { EventSource } from './event-source.js'

// As Web IDL has it for interfaces; a plain assignment would show it in `for...in`.
if (typeof globalThis.EventSource !== 'function') {
  Object.defineProperty(globalThis, 'EventSource', { value: EventSource, writable: true, configurable: true })
}
