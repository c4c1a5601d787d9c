import type { ConnectError } from '../errors/connect-error.js'
import type { Disposable } from '../streams/async-symbols.js'
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

/**
 * An event of the map `M`: a union that `event` tells apart. Of a map with `'*'`, which takes all other types, `key` tells
 * them apart.
 */
export type TypedEvent<M = EventMap> = string extends keyof M
  ? EventOf<string, M[keyof M]>
  : { [K in keyof M & string]: EventOf<K extends '*' ? string : K, M[K]> & { key: K } }[keyof M & string]

interface EventOf<T, D> {
  event: T
  /** What the decoder of this type made of the text; the text itself where nothing decodes. */
  data: D
  /** The last event ID. It persists from event to event; `""` where there is none. */
  id: string
  /** The data as the server sent it. */
  raw: string
  /** The origin of the response, after redirects. */
  origin: string
}

/** Turns the data of all events into a value: a Standard Schema takes parsed JSON, a function the event. */
export type Decoder<T> = StandardSchemaV1<unknown, T> | ((event: ServerSentEvent) => Awaitable<T>)

/** Turns the data of one event type into a value: a Standard Schema takes parsed JSON, a function the text. */
export type DataDecoder<T> = StandardSchemaV1<unknown, T> | ((raw: string) => Awaitable<T>)

/** A decoder for each event type that is delivered; `'*'` takes all others. */
export type DecoderMap = Record<string, DataDecoder<unknown>>

/** The event map that decoders make. */
export type DecodedMap<D> = {
  // A schema may be callable as well: it is asked first.
  [K in keyof D]: D[K] extends StandardSchemaV1<unknown, infer T>
    ? T
    : D[K] extends (raw: string) => infer T
      ? Awaited<T>
      : never
}

/** What `resume` asks for instead of the request of the options. What it leaves out is as there. */
export interface ResumeRequest {
  /** Relative to that of the options. */
  url?: string | URL | undefined
  /** The method of this request alone. Default: that of the options. */
  method?: string | undefined
  /** Take the place of those of the options that have the same name, and of `Last-Event-ID`. */
  headers?: HeaderFields | undefined
  /** `null` sends none. Without it that of the options, unless the method takes none. */
  body?: RequestBody | null | undefined
}

/** What `fetch` is called with. */
export type FetchInit = Omit<RequestInit, 'headers' | 'body' | 'signal' | 'dispatcher' | 'window'> & {
  /** Plain, so that `{ ...init.headers, authorization }` keeps what is there. Names are in small letters. */
  headers: Record<string, string>
  // Those of undici and of the DOM are not the same types.
  body?: any
  signal?: any
  dispatcher?: any
}

/** What is needed of an answer. The body is a `ReadableStream`, or a stream of Node. */
export interface FetchedResponse {
  /** The HTTP status. */
  readonly status: number
  /** Any object with such a `get`, which takes a name in any case. */
  readonly headers: { get(name: string): string | null }
  /** Where the answer came from after redirects; the URL of the request where it is left out. */
  readonly url?: string
  /** A `ReadableStream`, a stream of Node, or any async iterable of bytes. One that is left out is an error: `ERR_CONNECT_NO_BODY`. */
  readonly body?: unknown
}

/** How long to wait between attempts: see `connect` for the defaults, `EventSourceInit` for those of `EventSource`. */
export interface BackoffOptions {
  /** Milliseconds before the first retry, until the server sends its own `retry:`. Default 1000. */
  min?: number | undefined
  /** The most the delay grows to, in milliseconds. Default 30000. */
  max?: number | undefined
  /** How much it grows with each attempt in a row that brings nothing. Default 2. */
  factor?: number | undefined
  /** From 0 to 1: the delay `d` is drawn from `[d * (1 - jitter), d]`. Default 0.5. */
  jitter?: number | undefined
  /** Attempts in a row that bring nothing, the first included, before the connection fails. Default `Infinity`. */
  attempts?: number | undefined
  /** Milliseconds after which an open connection counts as having brought something. Default 5000. */
  stableAfter?: number | undefined
}

// Without the DOM's types these two have no name of their own, but `RequestInit` has them. Those of undici have the same
// shape, but are no subtypes.
export type HeaderFields = NonNullable<RequestInit['headers']> | Iterable<[string, string]>
export type RequestBody =
  | NonNullable<RequestInit['body']>
  | AsyncIterable<Uint8Array>
  | { readonly [Symbol.toStringTag]: string }

/** What `fetch` takes beside the options below. */
type FetchOptions = {
  [K in Exclude<keyof RequestInit, 'method' | 'headers' | 'body' | 'dispatcher' | 'signal' | 'window'>]?:
    | RequestInit[K]
    | undefined
}

/**
 * Options of `connect()`. All that `fetch` takes is handed to it; `accept: text/event-stream` and
 * `cache: 'no-store'` unless said otherwise. All times are milliseconds.
 */
export interface ConnectOptions<M = EventMap> extends FetchOptions {
  /** Ends the loop with its reason, at any time. */
  signal?: AbortSignal | null | undefined
  /** Node: the agent of undici that the request goes through. */
  dispatcher?: object | undefined
  /**
   * Default `'GET'`. A function is asked at every attempt, for a stream that begins by one method and is resumed by another.
   * Like `resume`, it says that the server can resume.
   */
  method?: string | ((attempt: Attempt) => Awaitable<string>) | undefined
  /** A function is asked at every attempt, so that a token is never stale. */
  headers?: HeaderFields | ((attempt: Attempt) => Awaitable<HeaderFields | undefined>) | undefined
  /** A function is asked at every attempt: with it even a stream can be sent again. */
  body?: RequestBody | null | ((attempt: Attempt) => Awaitable<RequestBody | null | undefined>) | undefined
  /** Default: the global `fetch`, looked up at every attempt. */
  fetch?: ((url: string, init: FetchInit) => Promise<FetchedResponse>) | undefined
  /**
   * What becomes of the text. A schema or a function for all events: the function is given the event. Or an object with one
   * for each event type: a function is given the text, types that are not in it are left out (their ids count), `'*'`
   * takes all others.
   */
  decode?: Decoder<NoInfer<M>[keyof NoInfer<M>]> | { [K in keyof NoInfer<M>]: DataDecoder<NoInfer<M>[K]> } | undefined
  /** What to do with data that does not decode. Default `'throw'`: the loop throws a `ConnectError` of kind `decode`. */
  onInvalid?: 'throw' | 'skip' | ((event: ServerSentEvent, error: unknown) => void) | undefined
  /**
   * Recognises the last event. It is delivered, then the stream ends without a reconnect. An end marker that does not
   * decode, such as `[DONE]`, just ends the stream. A stream that ends before the last event counts as cut: it is
   * resumed if that can be done, else the loop throws a `ConnectError` of kind `incomplete`.
   */
  until?: ((event: ServerSentEvent) => boolean) | undefined
  /** `'deliver'`: a block that a clean end leaves without its blank line is an event too. Default `'drop'`. */
  unfinished?: 'drop' | 'deliver' | undefined
  /** Where to resume from after an event, when that stands in its data. `undefined`: its id, or where it was before. */
  position?: ((event: ServerSentEvent) => string | undefined) | undefined
  /** The id to resume from at the first attempt. Default `""`: none. */
  lastEventId?: string | undefined
  /**
   * How an attempt says which event came last. Default `'header'`: `Last-Event-ID`. `{ query }` names a parameter of the
   * URL, which needs no CORS preflight. A function is asked for another request at each attempt that has a position to
   * go on from. `false`: not at all. To give this option is to say that the server can resume; only then is a request
   * that is not safe (a POST) sent again after a drop.
   */
  resume?:
    | 'header'
    | { query: string }
    | false
    | ((attempt: Attempt) => Awaitable<ResumeRequest | undefined>)
    | undefined
  /**
   * Default `'auto'`: a GET always; other methods only where nothing is done twice. `'always'`: after
   * a clean end too. `'on-drop'`: not after a clean end. `'never'`: each error is final.
   */
  reconnect?: ReconnectMode | undefined
  /** The wait before a retry; it grows while attempts bring nothing. Each member has its own default. */
  backoff?: BackoffOptions | undefined
  /** Bounds for what the server asks for with `retry:` and Retry-After. Default 10 to 2^31-1; `false` ignores both. */
  retryHint?: false | { min?: number | undefined; max?: number | undefined } | undefined
  /**
   * Overrules what would follow an error: `true` retries, a number retries after that many
   * milliseconds, `false` fails, `'end'` ends the stream without an error, `undefined` leaves it.
   */
  retryIf?: ((error: ConnectError, attempt: Attempt) => Awaitable<boolean | number | 'end' | undefined>) | undefined
  /** Milliseconds from the start of an attempt to the headers of its answer. Default 0: no limit. */
  openTimeout?: number | undefined
  /** Milliseconds without any byte, comments included, while the loop waits for one. Default 0: no limit. */
  idleTimeout?: number | undefined
  /** When to rest. A request that could not be repeated safely is left alone. Default: never. */
  pause?: readonly PauseReason[] | undefined
  /** UTF-16 code units one event may take; past it the connection fails. Default 64 Mi; `Infinity` lifts it. */
  maxEventSize?: number | undefined
  /** Whether a pending retry keeps a Node process up. Default `true`. */
  keepAlive?: boolean | undefined
  /** Called for each response that is an event stream, before it is read. */
  onOpen?: ((response: Response, attempt: Attempt) => Awaitable<void>) | undefined
  /** All after the colon, as it stands; in the order of the stream, when the events before it were delivered. */
  onComment?: ((text: string) => void) | undefined
  /** A line that the standard has readers ignore: an unknown field, for example bare JSON. In the order of the stream. */
  onIgnored?: ((line: string) => void) | undefined
  /** Called after each change of state. `delay` comes with `waiting`, `error` where there is one. */
  onState?: ((change: StateChange) => void) | undefined
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
export interface Connection<M = EventMap> extends AsyncIterableIterator<TypedEvent<M>>, Disposable {
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
