import { baseUrl } from '../client/request-url.js'
import { createEngine } from '../client/engine.js'
import type { Engine } from '../client/engine-types.js'
import { makeInit } from '../client/request.js'
import { ConnectError } from '../errors/connect-error.js'
import { hostClass } from '../streams/host-class.js'
import { Handlers } from './handlers.js'
import { queueTask } from './queue-task.js'
import { readInit } from './settings.js'
import type {
  EventSource as EventSourceInterface,
  EventSourceConstructor,
  EventSourceInit,
  ReadyState,
} from './types.js'

/** See the class. */
export type EventSource = EventSourceInterface

const CONNECTING = 0
const OPEN = 1
const CLOSED = 2

/**
 * The body is read ahead of the listeners, because what is still unread when a connection breaks is lost; but no further
 * than one chunk after so many events.
 */
const MOST_UNDER_WAY = 1000

const Target: typeof EventTarget = /* @__PURE__ */ hostClass('EventTarget', 'EventSource')

/**
 * The `EventSource` of the web platform (WHATWG HTML 9.2), on `fetch`: it connects at once, reconnects for as long as it
 * is not closed, and resumes with `Last-Event-ID`.
 *
 * Each event comes in a task of its own, in the order of the stream, and none after `close()`. Whoever
 * makes one closes it: an open connection, and a pending retry, keep a Node process up. Beyond the standard the
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

  readonly #url: string
  readonly #withCredentials: boolean
  readonly #handlers = new Handlers(this)
  readonly #engine: Engine | undefined
  #readyState: ReadyState = CONNECTING

  constructor(url: string | URL, init: EventSourceInit | null = {}) {
    if (arguments.length === 0) throw new TypeError('EventSource needs a URL.')
    const text = `${url as string}`
    if (init !== null && Object(init) !== init) throw new TypeError('The init of an EventSource must be an object.')
    super()
    const given = init ?? {}
    const parsed = parse(text)
    this.#url = parsed.href
    this.#withCredentials = !!given.withCredentials
    if (/^https?:$/.test(parsed.protocol)) this.#engine = this.#connect(parsed, given)
    else this.#fail(CLOSED, new ConnectError('network', `The URL must be http: or https:, not ${parsed.protocol}`))
  }

  get url(): string {
    return this.#url
  }

  get withCredentials(): boolean {
    return this.#withCredentials
  }

  get readyState(): ReadyState {
    return this.#readyState
  }

  get onopen(): EventSourceInterface['onopen'] {
    return this.#handlers.get('open')
  }

  set onopen(value) {
    this.#handlers.set('open', value)
  }

  get onmessage(): EventSourceInterface['onmessage'] {
    return this.#handlers.get('message')
  }

  set onmessage(value) {
    this.#handlers.set('message', value)
  }

  get onerror(): EventSourceInterface['onerror'] {
    return this.#handlers.get('error')
  }

  set onerror(value) {
    this.#handlers.set('error', value)
  }

  close(): void {
    this.#readyState = CLOSED
    this.#engine?.finish('closed')
  }

  #connect(url: URL, init: EventSourceInit): Engine {
    /** Events on their way to the listeners. */
    let underWay = 0
    /** Settles when the listeners know of the latest loss: the next request waits for that. */
    let told: Promise<void> | undefined

    const delivered = (): void => {
      if (--underWay === 0) engine.pull()
    }
    const settings = readInit(url, init)
    const engine = createEngine(settings, {
      async request(attempt) {
        await told
        return [settings.url, await makeInit(settings, attempt, true)]
      },
      decide: (error, _, isFutile) => !error || (error.kind === 'network' && !isFutile),
      onEvent: ({ event, data, id }, origin) => {
        underWay++
        this.#queue(() => new MessageEvent(event, { data, origin, lastEventId: id }), delivered)
      },
      onReady: () => {
        if (underWay < MOST_UNDER_WAY) engine.pull()
      },
      onState: (state, _delay, error) => {
        if (state === 'open') void this.#enter(OPEN, () => new Event('open'))
        if (state === 'waiting') {
          told = this.#fail(CONNECTING, error ?? engine.failure('network', 'The server ended the stream'))
        }
      },
      onClosed: (reason, error) => {
        if (reason !== 'closed') void this.#fail(CLOSED, error as ConnectError)
      },
    })
    return engine
  }

  #fail(state: ReadyState, error: ConnectError): Promise<void> {
    return this.#enter(state, () => Object.assign(new Event('error'), { error }))
  }

  /** Changes the state together with what tells of it. */
  #enter(state: ReadyState, event: () => Event): Promise<void> {
    const change = (): Event => {
      this.#readyState = state
      return event()
    }
    return new Promise((resolve) => this.#queue(change, resolve))
  }

  #queue(make: () => Event, done: () => void): void {
    queueTask(() => {
      try {
        if (this.#readyState !== CLOSED) super.dispatchEvent(make())
      } finally {
        // Some hosts let through what a listener throws.
        done()
      }
    })
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
