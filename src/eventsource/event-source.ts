import { baseUrl } from '../client/request-url.js'
import { hostClass } from '../streams/host-class.js'
import { CLOSED, CONNECTING, OPEN, SourceConnection } from './connection.js'
import type {
  EventSource as EventSourceInterface,
  EventSourceConstructor,
  EventSourceInit,
  ReadyState,
} from './types.js'

/** What `new EventSource()` gives (WHATWG HTML 9.2.2). */
export interface EventSource extends EventSourceInterface {}

const Target: typeof EventTarget = /* @__PURE__ */ hostClass('EventTarget', 'EventSource')

/**
 * A WeakMap and no property, because a subclass may have properties of any name. Under an older target each private
 * field would become a WeakMap.
 */
const connections = /* @__PURE__ */ new WeakMap<EventTarget, SourceConnection>()

/** @throws {TypeError} for what is no EventSource, as attributes of Web IDL do. */
function connectionOf(source: EventTarget): SourceConnection {
  const connection = connections.get(source)
  if (!connection) throw new TypeError('Illegal invocation')
  return connection
}

/**
 * The `EventSource` of the web platform (WHATWG HTML 9.2), on `fetch`: it connects at once, reconnects for as long as it
 * is not closed, and resumes with `Last-Event-ID`.
 *
 * Each event comes in a task of its own, in the order of the stream, and none after `close()`. The code
 * that makes one closes it: an open connection, and a pending retry, keep a Node process up. Beyond the standard the
 * init takes `fetch`, `headers`, `method`, `body`, `lastEventId`, `maxEventSize` and `backoff`, and an `error`
 * event says in `error` what happened.
 *
 * Throws a `SyntaxError` `DOMException` for a URL that does not parse, an `OptionError` for a member beyond the
 * standard that makes no sense. All that happens later is an `error` event.
 *
 * @example
 * ```ts
 * import { EventSource } from 'eventwire/eventsource'
 * import { createScriptedServer } from 'eventwire/testing/server'
 *
 * const server = await createScriptedServer([{ event: { id: '1', data: 'one' } }])
 * const source = new EventSource(server.url)
 * const event = await new Promise<MessageEvent<string>>((resolve) => (source.onmessage = resolve))
 * event.data // => 'one'
 * event.lastEventId // => '1'
 * source.close()
 * await server.close()
 * ```
 */
export const EventSource: EventSourceConstructor = class extends Target {
  declare static readonly CONNECTING: 0
  declare static readonly OPEN: 1
  declare static readonly CLOSED: 2
  declare readonly CONNECTING: 0
  declare readonly OPEN: 1
  declare readonly CLOSED: 2

  constructor(url: string | URL, init: EventSourceInit | null = {}) {
    if (arguments.length === 0) throw new TypeError('EventSource needs a URL.')
    const text = `${url as string}`
    if (init !== null && Object(init) !== init) throw new TypeError('The init of an EventSource must be an object.')
    super()
    const dispatch = (event: Event): void => void super.dispatchEvent(event)
    connections.set(this, new SourceConnection({ source: this, dispatch }, parse(text), init ?? {}))
  }

  get url(): string {
    return connectionOf(this)._url
  }

  get withCredentials(): boolean {
    return connectionOf(this)._withCredentials
  }

  get readyState(): ReadyState {
    return connectionOf(this)._readyState
  }

  get onopen(): EventSourceInterface['onopen'] {
    return connectionOf(this)._handlers.get('open')
  }

  set onopen(value) {
    connectionOf(this)._handlers.set('open', value)
  }

  get onmessage(): EventSourceInterface['onmessage'] {
    return connectionOf(this)._handlers.get('message')
  }

  set onmessage(value) {
    connectionOf(this)._handlers.set('message', value)
  }

  get onerror(): EventSourceInterface['onerror'] {
    return connectionOf(this)._handlers.get('error')
  }

  set onerror(value) {
    connectionOf(this)._handlers.set('error', value)
  }

  close(): void {
    connectionOf(this)._close()
  }
}

// Where Web IDL puts things: what a class declares itself is hidden from `for...in`.
const constants = {
  CONNECTING: { value: CONNECTING, enumerable: true },
  OPEN: { value: OPEN, enumerable: true },
  CLOSED: { value: CLOSED, enumerable: true },
}
const visible = { enumerable: true }
// A minified class has lost its name.
Object.defineProperties(EventSource, { ...constants, name: { value: 'EventSource' } })
Object.defineProperties(EventSource.prototype, {
  ...constants,
  url: visible,
  withCredentials: visible,
  readyState: visible,
  onopen: visible,
  onmessage: visible,
  onerror: visible,
  close: visible,
  [Symbol.toStringTag]: { value: 'EventSource', configurable: true },
})

function parse(text: string): URL {
  try {
    const url = new URL(text, baseUrl())
    // Some engines take a host that the standard refuses, and encode it.
    if (!/^https?:\/\/[^/?#]*%/.test(`${url.protocol}//${url.host}`)) return url
  } catch {
    // Refused below, with the same error as a host that is no host.
  }
  throw new DOMException(`${text} is not a URL.`, 'SyntaxError')
}
