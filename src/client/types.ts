import type { ConnectError } from '../errors/connect-error.js'
import type { ServerSentEvent } from '../wire/types.js'
import type { PauseReason } from './pause.js'
import type { StandardSchemaV1 } from './standard-schema.js'

/** A value, or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>

/** Event types and the type of their data. Where nothing decodes, the data is the text. */
export type EventMap = Record<string, string>

/** `connecting`: a request is on its way. `waiting`: before the next attempt. `paused`: see `pause`. */
export type State = 'connecting' | 'open' | 'waiting' | 'paused' | 'closed'

/**
 * How a connection ended: by the end of the stream, by its reader (`break`, `close()`), by the
 * `signal`, by a 204, with an error.
 */
export type CloseReason = 'end' | 'closed' | 'aborted' | 'no-content' | 'failed'

/** See `reconnect` of `ConnectOptions`. */
export type ReconnectMode = 'auto' | 'always' | 'on-drop' | 'never'

/** One request, as the functions of the options see it. */
export interface Attempt {
  /** 1 for the first. */
  number: number
  /** The id the stream is resumed from; `""` where there is none. */
  lastEventId: string
  /** Why the attempt before this one failed; none for the first, nor after a clean end or `reconnect()`. */
  cause?: ConnectError
  /** Aborted as soon as the attempt is over, for whatever reason. */
  signal: AbortSignal
}

/** An event of the map `M`. A union that `event` tells apart. */
export type TypedEvent<M = EventMap> = {
  [K in keyof M & string]: {
    event: K
    /** What the decoder of this type made of the text; the text itself where it has none. */
    data: M[K]
    /** The last event ID. It persists from event to event; `""` where there is none. */
    id: string
    /** The data as the server sent it. */
    raw: string
    /** The origin of the response, after redirects. */
    origin: string
  }
}[keyof M & string]

/** Turns the data of one event type into a value: a Standard Schema takes parsed JSON, a function the text. */
export type Decoder<T> = StandardSchemaV1<unknown, T> | ((raw: string) => Awaitable<T>)

/** A decoder for each event type that has one. */
export type Decoders = Record<string, Decoder<unknown>>

/** The event map that decoders make. */
export type DecodedMap<D> = {
  // A schema may be callable as well: it is asked first.
  [K in keyof D]: D[K] extends StandardSchemaV1<unknown, infer T>
    ? T
    : D[K] extends (raw: string) => infer T
      ? Awaited<T>
      : never
}

/** How long to wait between attempts: see `connect` for the defaults, `EventSourceInit` for those of `EventSource`. */
export interface BackoffOptions {
  /** Milliseconds before the first retry, until the server sends its own `retry:`. Default 1000. */
  min?: number
  /** The most the delay grows to, in milliseconds. Default 30000. */
  max?: number
  /** How much it grows with each attempt in a row that brings nothing. Default 2. */
  factor?: number
  /** From 0 to 1: the delay `d` is drawn from `[d * (1 - jitter), d]`. Default 0.5. */
  jitter?: number
  /** Attempts in a row that bring nothing, the first included, before the connection fails. Default `Infinity`. */
  attempts?: number
  /** Milliseconds after which an open connection counts as having brought something. Default 5000. */
  stableAfter?: number
}

// Without the DOM's types these two have no name of their own, but `RequestInit` has them.
type HeaderFields = NonNullable<RequestInit['headers']>
type RequestBody = NonNullable<RequestInit['body']>

/**
 * Options of `connect()`. All that `fetch` takes is handed to it; `accept: text/event-stream` and
 * `cache: 'no-store'` unless said otherwise. All times are milliseconds.
 */
export interface ConnectOptions<M = EventMap> extends Omit<RequestInit, 'headers' | 'body'> {
  /** A function is asked at every attempt, so that a token is never stale. */
  headers?: HeaderFields | ((attempt: Attempt) => Awaitable<HeaderFields | undefined>)
  /** A function is asked at every attempt: with it even a stream can be sent again. */
  body?: RequestBody | null | ((attempt: Attempt) => Awaitable<RequestBody | null | undefined>)
  /** Default: the global `fetch`, looked up at every attempt. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** One decoder for each event type. Types without one keep their text. */
  decode?: { [K in keyof M]: Decoder<M[K]> }
  /** What to do with data that does not decode. Default `'throw'`: the loop throws a `ConnectError` of kind `decode`. */
  onInvalid?: 'throw' | 'skip' | ((event: ServerSentEvent, error: unknown) => void)
  /**
   * Recognises the last event. It is delivered, then the stream ends without a reconnect. An end
   * marker that does not decode, such as `[DONE]`, just ends the stream.
   */
  until?: (event: ServerSentEvent) => boolean
  /** The id to resume from at the first attempt. Default `""`: none. */
  lastEventId?: string
  /**
   * How an attempt says which event came last. Default `'header'`: `Last-Event-ID`. `{ query }` names
   * a parameter of the URL, which needs no CORS preflight. `false`: not at all.
   */
  resume?: 'header' | { query: string } | false
  /**
   * Default `'auto'`: a GET always; other methods only where nothing is done twice. `'always'`: after
   * a clean end too. `'on-drop'`: not after a clean end. `'never'`: each error is final.
   */
  reconnect?: ReconnectMode
  /** The wait before a retry; it grows while attempts bring nothing. Each member has its own default. */
  backoff?: BackoffOptions
  /** Bounds for what the server asks for with `retry:` and Retry-After. Default 10 to 2^31-1; `false` ignores both. */
  retryHint?: false | { min?: number; max?: number }
  /**
   * Overrules what would follow an error: `true` retries, a number retries after that many
   * milliseconds, `false` fails, `'end'` ends the stream without an error, `undefined` leaves it.
   * The body of a refused response can be read here, and nowhere later.
   */
  retryIf?: (error: ConnectError, attempt: Attempt) => Awaitable<boolean | number | 'end' | undefined>
  /** Milliseconds from the start of an attempt to the headers of its answer. Default 0: no limit. */
  openTimeout?: number
  /** Milliseconds without any byte, comments included, while the loop waits for one. Default 0: no limit. */
  idleTimeout?: number
  /** When to rest. A request that could not be repeated safely is left alone. Default: never. */
  pause?: readonly PauseReason[]
  /** UTF-16 code units one event may take; past it the connection fails. Default 64 Mi; `Infinity` lifts it. */
  maxEventSize?: number
  /** Whether a pending retry keeps a Node process up. Default `true`. */
  keepAlive?: boolean
  /** Called for each response that is an event stream, before it is read. */
  onOpen?(response: Response, attempt: Attempt): Awaitable<void>
  /** All after the colon, as it stands. */
  onComment?(text: string): void
  /** Called after each change of state. `delay` comes with `waiting`, `error` where there is one. */
  onState?(change: StateChange): void
}

/** What `onState` is told. */
export interface StateChange {
  /** The state that begins. */
  state: State
  /** Milliseconds until the next attempt. */
  delay?: number
  /** Why; with `waiting` after an error, and with `closed` after one that is final. */
  error?: ConnectError
}

/** See `connect`. */
export interface Connection<M = EventMap> extends AsyncIterableIterator<TypedEvent<M>>, AsyncDisposable {
  /** Where it stands now; `onState` is told each change. */
  readonly state: State
  /** The id of the last event delivered: what to pass as `lastEventId` to go on from here later. */
  readonly lastEventId: string
  /** The latest response that was an event stream. */
  readonly response?: Response
  /** The first response; rejects with the error if none comes. Never an unhandled rejection. */
  readonly opened: Promise<Response>
  /** How it ended. Never rejects. */
  readonly closed: Promise<CloseReason>
  /** Drops what there is, a pending retry too, and connects at once. Nothing while paused or closed. */
  reconnect(): void
  /** Releases everything; no event is delivered after. May be called at any time, more than once. */
  close(): Promise<void>
}
