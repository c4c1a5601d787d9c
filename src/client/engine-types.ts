import type { ConnectError, ConnectErrorKind } from '../errors/connect-error.js'
import type { ServerSentEvent } from '../wire/types.js'
import type { HintRange } from './backoff.js'
import type { PauseWatch } from './pause.js'
import type { RequestSource } from './request.js'
import type { BackoffOptions, CloseReason, ConnectOptions, State } from './types.js'
import type { Verdict } from './verdict.js'

type Hooks = Pick<ConnectOptions, 'fetch' | 'retryIf' | 'onOpen' | 'onComment' | 'signal' | 'maxEventSize'>

/**
 * Checked already. Times are milliseconds; a timeout of 0 is no limit. What a function throws is a `ConnectError` of
 * kind `hook`.
 */
export interface EngineOptions extends RequestSource, Hooks {
  lastEventId: string
  backoff: Required<BackoffOptions>
  retryHint: false | HintRange
  openTimeout?: number
  idleTimeout?: number
  keepAlive?: boolean
  /** No other status opens. */
  only200?: boolean
}

/** The owner of an engine: what it is told and asked. */
export interface EngineHost {
  /** What follows an attempt, where `retryIf` does not say. Without an error the body came to its end. */
  judge(error?: ConnectError): Verdict
  /** What it throws is an error of kind `hook`. True: this is the last event, the rest of the stream is nobody's. */
  onEvent(event: ServerSentEvent, origin: string): boolean | void
  /** The connection is open, or all events of a chunk have been told: `pull()` reads the next one. */
  onReady(): void
  /** After each change. May call the engine. What it throws is an error of kind `hook`. */
  onState(state: State, delay?: number, error?: ConnectError): void
  /** Once, last. `error` is there for `failed`, `aborted` and `no-content`. */
  onClosed(reason: CloseReason, error?: unknown): void
  /** Watches for reasons to rest. */
  watch?(onChange: () => void): PauseWatch
}

/**
 * Keeps one connection going: request, answer, body, and what comes after it.
 *
 * The states are those of `State`. At any time at most one attempt is live, and nothing that a former
 * one still brings has any effect.
 */
export interface Engine {
  state: State
  /** The id to resume from: that of the last block that was parsed. */
  lastEventId: string
  /** The answer to the latest attempt, once it is there. */
  response: Response | undefined
  /** Reads one chunk. Does nothing while a read is under way or there is nothing to read. */
  pull(): void
  /** Drops what there is, a wait too, and connects at once. Does nothing while paused or closed. */
  reconnect(): void
  /** An error about the latest attempt. */
  failure(kind: ConnectErrorKind, message: string, cause?: unknown): ConnectError
  /** The latest attempt is over: decides what follows. Without an error its body came to the end. */
  settle(error?: ConnectError): Promise<void>
  /** Ends it for good and releases everything. Does nothing once closed. */
  finish(reason: CloseReason, error?: unknown): void
}
