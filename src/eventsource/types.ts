import type { BackoffOptions, ConnectOptions } from '../client/types.js'
import type { ConnectError } from '../errors/connect-error.js'

/** The standard's one member, and what a plain `EventSource` cannot do. Members that do not exist are ignored. */
export interface EventSourceInit {
  /** Sends cookies and other credentials to other origins too. Default `false`: to the same origin only. */
  withCredentials?: boolean
  /** Default: the global `fetch`, looked up at every attempt. */
  fetch?: ConnectOptions['fetch']
  /** Sent beside `Accept` and `Last-Event-ID`. A function is asked at every attempt. */
  headers?: ConnectOptions['headers']
  /** Default `'GET'`. With any method the request is repeated when the stream ends. */
  method?: string
  /** A function is asked at every attempt. A stream can be sent once only: give a function that makes one. */
  body?: ConnectOptions['body']
  /** The id to resume from at the first attempt. Default `""`: none. */
  lastEventId?: string
  /** UTF-16 code units one event may take; past it the connection fails. Default 64 Mi. */
  maxEventSize?: number
  /**
   * Defaults: `min` 3000, the reconnection time until the server sends its own; `max` 30000, `factor` 2 and
   * `attempts` `Infinity` for attempts in a row that bring nothing; `jitter` 0; `stableAfter` 5000.
   */
  backoff?: BackoffOptions
}

/** A plain `Event`; a server's own `event: error` comes as a `MessageEvent` without `error`. */
export interface EventSourceErrorEvent extends Event {
  /** What happened. `readyState` says whether another attempt follows. */
  readonly error?: ConnectError
}

/** A `MessageEvent` with the text of the event; `lastEventId` and `origin` as the standard has them. */
export interface EventSourceMessageEvent extends MessageEvent {
  /** The text of the event, its lines joined by LF. */
  readonly data: string
}

/** The events that every source dispatches. */
export interface EventSourceEventMap {
  /** An attempt was answered with an event stream. */
  open: Event
  /** An event of the stream that names no type. */
  message: EventSourceMessageEvent
  /** An attempt failed, or the stream ended. */
  error: EventSourceErrorEvent
}

/** `CONNECTING` (0), `OPEN` (1) or `CLOSED` (2). */
export type ReadyState = 0 | 1 | 2

// Without the DOM's types it has no name of its own.
type ListenerOptions = Parameters<EventTarget['addEventListener']>[2]
type Listener<E> = ((event: E) => unknown) | { handleEvent(event: E): unknown }

/** WHATWG HTML 9.2.2. */
export interface EventSource extends EventTarget {
  /** The URL as it was resolved, before redirects. */
  readonly url: string
  /** Whether credentials go to other origins, as the init said. */
  readonly withCredentials: boolean
  /** 0, as on the class. */
  readonly CONNECTING: 0
  /** 1, as on the class. */
  readonly OPEN: 1
  /** 2, as on the class. */
  readonly CLOSED: 2
  /** `CONNECTING` (0), also between two attempts; `OPEN` (1); `CLOSED` (2), for good. */
  readonly readyState: ReadyState
  /** Called when an attempt was answered with an event stream. `null`: nobody listens. */
  onopen: ((event: Event) => unknown) | null
  /** Called for events of the stream that name no type, or `message`. `null`: nobody listens. */
  onmessage: ((event: EventSourceMessageEvent) => unknown) | null
  /** Called when an attempt failed or the stream ended; `readyState` says whether another follows. `null`: nobody listens. */
  onerror: ((event: EventSourceErrorEvent) => unknown) | null
  /** Releases the connection or the pending retry. Nothing is dispatched after it. May be called at any time. */
  close(): void
  addEventListener<K extends keyof EventSourceEventMap>(
    type: K,
    listener: Listener<EventSourceEventMap[K]> | null,
    options?: ListenerOptions,
  ): void
  /** For the event types of the stream. */
  addEventListener(type: string, listener: Listener<EventSourceMessageEvent> | null, options?: ListenerOptions): void
  removeEventListener<K extends keyof EventSourceEventMap>(
    type: K,
    listener: Listener<EventSourceEventMap[K]> | null,
    options?: boolean | EventListenerOptions,
  ): void
  removeEventListener(
    type: string,
    listener: Listener<EventSourceMessageEvent> | null,
    options?: boolean | EventListenerOptions,
  ): void
}

/** The class itself, with the constants of WHATWG HTML 9.2.2. */
export interface EventSourceConstructor {
  new (url: string | URL, init?: EventSourceInit): EventSource
  /** What all sources share. */
  readonly prototype: EventSource
  /** 0: before the first answer, and between two attempts. */
  readonly CONNECTING: 0
  /** 1: events may come. */
  readonly OPEN: 1
  /** 2: for good. */
  readonly CLOSED: 2
}
