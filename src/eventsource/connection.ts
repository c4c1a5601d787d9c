import { createEngine } from '../client/engine.js'
import type { Engine } from '../client/engine-types.js'
import { isFutile } from '../client/futile.js'
import { readRefusal } from '../client/refusal.js'
import { makeInit } from '../client/request.js'
import { ConnectError } from '../errors/connect-error.js'
import { Handlers } from './handlers.js'
import { queueTask } from './queue-task.js'
import { readInit } from './settings.js'
import type { EventSourceInit, ReadyState } from './types.js'

export const CONNECTING = 0
export const OPEN = 1
export const CLOSED = 2

/**
 * The body is read ahead of the listeners, because what is still unread when a connection breaks is lost; but no further
 * than one chunk after so many events.
 */
const MOST_UNDER_WAY = 1000

/** Milliseconds that the body of a refusal may take: the listeners wait for what it says, not for its end. */
const MOST_TIME = 100

interface Target {
  readonly source: EventTarget
  /** Dispatches at `source`. What a subclass makes of `dispatchEvent()` is not asked. */
  readonly dispatch: (event: Event) => void
}

/** What one EventSource is made of: its state, and the engine whose news it hands to the listeners. */
export class SourceConnection {
  readonly _url: string
  readonly _withCredentials: boolean
  readonly _handlers: Handlers
  _readyState: ReadyState = CONNECTING
  private readonly _dispatch: (event: Event) => void
  private readonly _engine: Engine | undefined

  constructor({ source, dispatch }: Target, url: URL, init: EventSourceInit) {
    this._handlers = new Handlers(source)
    this._dispatch = dispatch
    this._url = url.href
    this._withCredentials = !!init.withCredentials
    if (/^https?:$/.test(url.protocol)) this._engine = this._connect(url, init)
    else this._fail(CLOSED, new ConnectError('network', `The URL must be http: or https:, not ${url.protocol}`))
  }

  _close(): void {
    this._readyState = CLOSED
    this._engine?.finish('closed')
  }

  private _connect(url: URL, init: EventSourceInit): Engine {
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
        return [settings.url, await makeInit(settings, attempt, attempt.lastEventId)]
      },
      onRefused: (error, work) => readRefusal(error, MOST_TIME, work),
      decide: (error, { signal }, delay) =>
        !error || (error.kind === 'network' && (error.response || !isFutile(error, signal))) ? delay : 'failed',
      onEvent: ({ event, data, id }, origin) => {
        underWay++
        this._queue(() => new MessageEvent(event, { data, origin, lastEventId: id }), delivered)
      },
      onReady: () => {
        if (underWay < MOST_UNDER_WAY) engine.pull()
      },
      onState: (state, _delay, error) => {
        if (state === 'open') void this._enter(OPEN, () => new Event('open'))
        if (state === 'waiting') {
          told = this._fail(CONNECTING, error ?? engine.failure('network', 'The server ended the stream'))
        }
      },
      onClosed: (reason, error) => {
        if (reason !== 'closed') void this._fail(CLOSED, error as ConnectError)
      },
    })
    return engine
  }

  private _fail(state: ReadyState, error: ConnectError): Promise<void> {
    return this._enter(state, () => Object.assign(new Event('error'), { error }))
  }

  /** Changes the state together with what tells of it. */
  private _enter(state: ReadyState, event: () => Event): Promise<void> {
    const change = (): Event => {
      this._readyState = state
      return event()
    }
    return new Promise((resolve) => this._queue(change, resolve))
  }

  private _queue(make: () => Event, done: () => void): void {
    queueTask(() => {
      try {
        if (this._readyState !== CLOSED) this._dispatch(make())
      } finally {
        // Some hosts let through what a listener throws.
        done()
      }
    })
  }
}
