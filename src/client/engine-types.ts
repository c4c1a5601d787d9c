import type { ConnectError, ConnectErrorKind } from '../errors/connect-error.js'
import type { ServerSentEvent } from '../wire/types.js'
import type { HintRange } from './backoff.js'
import type { Attempt, BackoffOptions, CloseReason, ConnectOptions, State } from './types.js'

/** Checked already. Times are milliseconds. */
export interface EngineOptions extends Pick<ConnectOptions, 'fetch' | 'signal' | 'maxEventSize' | 'unfinished'> {
  /** Absolute; for messages. */
  url: string
  lastEventId: string
  backoff: Required<BackoffOptions>
  retryHint: false | HintRange
  keepAlive?: boolean | undefined
  /** No other status opens. */
  only200?: boolean
}

/** What follows an attempt: another one, after a delay that grows, or after so many milliseconds; the error; the end. */
export type Decision = boolean | 'end' | number | { atLeast: number }

/**
 * The owner of an engine: what it is told and asked. What a function of the options throws comes as a `HookFailure`.
 */
export interface EngineOwner {
  /** The arguments of `fetch` for an attempt. */
  request(attempt: Attempt): Promise<[url: string, init: RequestInit]>
  /** The answer is an event stream. */
  onOpen?(response: Response, attempt: Attempt): unknown
  /** What the end of an attempt is to the owner, where that is another error, or one at all. */
  errorOfEnd?(error?: ConnectError): ConnectError | undefined
  /** What follows an attempt. Without an error its body came to the end; `isFutile`: nothing can come of another one. */
  decide(error: ConnectError | undefined, attempt: Attempt, isFutile: boolean): Decision | Promise<Decision>
  /** True: this is the last event, the rest of the stream is nobody's. A string is where to resume from. */
  onEvent(event: ServerSentEvent, origin: string): boolean | string | void
  onComment?: ((text: string) => void) | undefined
  onIgnored?: ((line: string) => void) | undefined
  /** The connection is open, or all events of a chunk have been told: `pull()` reads the next one. */
  onReady(): void
  /** After each change. May call the engine. */
  onState(state: State, delay?: number, error?: ConnectError): void
  /** Once, last. `error` is there for `failed`, `aborted` and `no-content`. */
  onClosed(reason: CloseReason, error?: unknown): void
  /** Whether there is a reason to rest instead of asking again. */
  isPaused?(): boolean
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
  /** Where to resume from: the id of the last block that was parsed, or what `onEvent` said. */
  lastEventId: string
  /** The latest answer that was an event stream. */
  response: Response | undefined
  /** Reads one chunk. Does nothing while a read is under way or there is nothing to read. */
  pull(): void
  /** Drops what there is, a wait too, and connects at once. Does nothing while paused or closed. */
  reconnect(): void
  /** Drops what there is, a wait too, until `wake()`. Does nothing while it is decided what follows, nor once closed. */
  rest(): void
  /** Ends the rest; a delay that somebody asked for still counts. */
  wake(): void
  /** An error about the latest attempt. */
  failure(kind: ConnectErrorKind, message: string, cause?: unknown, event?: ServerSentEvent): ConnectError
  /** The latest attempt is over: decides what follows. */
  fail(error: ConnectError): Promise<void>
  /** Ends it for good and releases everything. Does nothing once closed. */
  finish(reason: CloseReason, error?: unknown): void
}
