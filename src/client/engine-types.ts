import type { ConnectError, ConnectErrorKind } from '../errors/connect-error.js'
import type { ServerSentEvent } from '../wire/types.js'
import type { BackoffSchedule, HintRange } from './backoff.js'
import type { PauseReason } from './pause.js'
import type { Attempt, Awaitable, CloseReason, State } from './types.js'
import type { Verdict } from './verdict.js'

/** Checked already. Times are milliseconds; for the timeouts 0 is no limit. */
export interface EngineOptions {
  lastEventId: string
  maxEventSize?: number
  backoff: BackoffSchedule & { min: number; attempts: number; stableAfter: number }
  retryHint: false | HintRange
  openTimeout: number
  idleTimeout: number
  keepAlive: boolean
  pause: readonly PauseReason[]
  signal?: AbortSignal | null
}

/** What the owner of an engine supplies and is told. What any of them throws is a `ConnectError` of kind `hook`. */
export interface EngineHost {
  /** The arguments of `fetch`; the engine adds the signal. */
  request(attempt: Attempt): Awaitable<[url: string, init: RequestInit]>
  /** Default: the global one of the moment. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** What is wrong with a response; nothing opens it. A 204 ends the connection. */
  check(response: Response, attempt: Attempt): ConnectError | undefined
  /** What follows an attempt: a number is a delay in milliseconds that a timer can keep. Without an error the body came to its end. */
  decide(error: ConnectError | undefined, attempt: Attempt): Awaitable<Verdict | number>
  /** Before the body is read and before the state is `open`. */
  onOpen?(response: Response, attempt: Attempt): Awaitable<void>
  onEvent(event: ServerSentEvent, origin: string): void
  onComment?(text: string): void
  /** After all events of a chunk. */
  onChunk?(): void
  /** After each change. May call the engine. */
  onState?(state: State, delay?: number, error?: ConnectError): void
  /** Once, last. `error` is there for `failed`, `aborted` and `no-content`. */
  onClosed(reason: CloseReason, error?: unknown): void
  /** Whether to read on, asked before each read. Once it says no, `pull()` goes on. */
  hungry(): boolean
  /** Whether the attempt in hand may be cut in order to rest; asked for `pause` alone. */
  mayPause?(): boolean
}

/**
 * Keeps one connection going: request, answer, body, and what comes after it.
 *
 * The states are those of `State`. At any time at most one attempt is live, and nothing that a former
 * one still brings has any effect.
 */
export interface Engine {
  readonly state: State
  /** The id to resume from: that of the last block that was parsed. */
  readonly lastEventId: string
  /** The answer to the latest attempt, once it is there. */
  readonly response: Response | undefined
  /** Reads on, if the host is hungry. Does nothing while a read is under way or there is nothing to read. */
  pull(): void
  /** Drops what there is, a wait too, and connects at once. Does nothing while paused or closed. */
  reconnect(): void
  /** An error about the latest attempt. */
  failure(kind: ConnectErrorKind, message: string, cause?: unknown): ConnectError
  /** Ends it for good and releases everything. Does nothing once closed. */
  finish(reason: CloseReason, error?: unknown): void
}
