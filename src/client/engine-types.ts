import type { ConnectError, ConnectErrorDetails, ConnectErrorKind } from '../errors/connect-error.js'
import type { Parser } from '../parser/types.js'
import type { ChunkSource } from '../streams/chunk-source.js'
import type { ServerSentEvent } from '../wire/types.js'
import type { HintRange } from './backoff.js'
import type { Attempt, BackoffOptions, CloseReason, ConnectOptions, State } from './types.js'

/** Checked already. Times are milliseconds. */
export interface EngineOptions extends Pick<ConnectOptions, 'fetch' | 'maxEventSize' | 'unfinished'> {
  /** Absolute; for messages. */
  url: string
  lastEventId: string
  backoff: Required<BackoffOptions>
  retryHint: false | HintRange
  /** No other status opens. */
  only200?: boolean
}

/** One attempt and all that belongs to it. After each wait, code that works for an attempt asks whether it is over. */
export interface Work {
  readonly attempt: Attempt
  readonly controller: AbortController
  /** That of the request, for messages. */
  url: string
  response?: Response
  parser?: Parser
  /** What is read of the answer. */
  chunks?: ChunkSource
  isReading?: boolean
  openedAt: number
  /** An event or an id came. */
  isFruitful?: boolean
  /** It ended, or another one took its place. */
  isOver?: boolean
}

/** What follows an attempt: another one after so many milliseconds, or the end. */
export type Decision = number | 'end' | 'no-content' | 'failed'

type Timer = ReturnType<typeof setTimeout>

/**
 * The owner of an engine: what the engine tells it, and asks it. The optional members are for what only one kind of
 * owner has. What a function of the options throws comes as a `HookFailure` or a `ConnectError`.
 */
export interface EngineOwner {
  /** The arguments of `fetch` for an attempt. */
  request(attempt: Attempt): Promise<[url: string, init: RequestInit]>
  /** The answer is an event stream. */
  onOpen?(response: Response, attempt: Attempt): unknown
  /** The answer is no event stream. May read its body, the `chunks` of `work`, for a while, and give another error. */
  onRefused?(error: ConnectError, work: Work): Promise<ConnectError | undefined | void>
  /** The body came to its end. Gives the error, if that is one. */
  onEnd?(): ConnectError | undefined
  /** What follows an attempt. `delay` is what the backoff has for it. Without an error its body came to the end. */
  decide(error: ConnectError | undefined, attempt: Attempt, delay: number): Decision | Promise<Decision>
  /** True: this is the last event, the rest of the stream is nobody's. */
  onEvent(event: ServerSentEvent, origin: string): unknown
  /** Before the engine takes the id, and before `onEvent`. */
  onId?(id: string): void
  onComment?: ((text: string) => void) | undefined
  onIgnored?: ((line: string) => void) | undefined
  /** The connection is open, or all events of a chunk have been told: `pull()` reads the next one. */
  onReady(): void
  /** After each change. May call the engine. */
  onState(state: State, delay?: number, error?: ConnectError): void
  /** Once, last. `error` is there for `failed` and `no-content`, and whatever `finish()` was given. */
  onClosed(reason: CloseReason, error?: unknown): void
  /** Whether the next attempt is not to be made, nor waited for: the owner sees to what happens instead. */
  isHeld?(): boolean
  /** Default `setTimeout`. */
  setTimer?(run: () => void, ms: number): Timer
}

/**
 * Keeps one connection going: request, answer, body, and what comes after it.
 *
 * The states are those of `State`; docs/client.md has the table of what leads from one to another. At any time at most one
 * attempt is live, and nothing that a former one still brings has any effect.
 */
export interface Engine {
  /** `waiting` also while it is decided what follows an attempt; the owner is told once that is known. */
  state: State
  /** The last event ID of the stream: that of the last block that was parsed. */
  lastEventId: string
  /** The latest answer that was an event stream. */
  response: Response | undefined
  /** The latest attempt, over or not. */
  work: Work
  /** Set while `decide` takes its time. An answer that is not for the latest decision is dropped. */
  decision: object | undefined
  /** Attempts in a row that brought nothing. */
  failures: number
  /** Why the next attempt is made. */
  cause: ConnectError | undefined
  /** Reads one chunk. Does nothing while a read is under way or there is nothing to read. */
  pull(): void
  /** Drops what there is, a wait too, and connects. */
  start(): void
  /** Connects after so many milliseconds. */
  wait(ms: number, error?: ConnectError): void
  /** Drops what there is, a wait too: nothing that is under way has any effect any more. */
  drop(): void
  /** Changes the state, and tells the owner. */
  enter(state: State, delay?: number, error?: ConnectError): void
  /** An error about the latest attempt. */
  failure(kind: ConnectErrorKind, message: string, details?: ConnectErrorDetails): ConnectError
  /** The latest attempt is over: decides what follows. */
  fail(error: ConnectError): Promise<void>
  /** Ends it for good and releases everything. Does nothing once closed. */
  finish(reason: CloseReason, error?: unknown): void
}
