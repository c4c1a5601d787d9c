import { ConnectError, type ConnectErrorDetails, type ConnectErrorKind } from '../errors/connect-error.js'
import { LimitError } from '../errors/limit-error.js'
import { createParser } from '../parser/create-parser.js'
import { MAX_DELAY } from '../wire/constants.js'
import type { ServerSentEvent } from '../wire/types.js'
import { backoffDelay, type BackoffSchedule, clampHint, type HintRange } from './backoff.js'
import { watchPauses, type PauseReason } from './pause.js'
import type { Attempt, Awaitable, CloseReason, State } from './types.js'
import type { Verdict } from './verdict.js'

export interface EngineOptions {
  lastEventId: string
  maxEventSize?: number
  backoff: BackoffSchedule & { min: number; attempts: number; stableAfter: number }
  retryHint: false | HintRange
  /** Milliseconds; 0: no limit. */
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
  fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** What is wrong with a response; nothing opens it. A 204 ends the connection. */
  check(response: Response, attempt: Attempt): ConnectError | undefined
  /** What follows an attempt: a number is a delay in milliseconds. Without an error the body came to its end. */
  decide(error: ConnectError | undefined, attempt: Attempt): Awaitable<Verdict | number>
  /** Before the body is read and before the state is `open`. */
  onOpen?(response: Response, attempt: Attempt): Awaitable<void>
  onEvent(event: ServerSentEvent, origin: string): void
  onComment?: (text: string) => void
  /** After all events of a chunk. */
  onChunk?(): void
  /** May call the engine; `closed` is the last one. */
  onState?(state: State, delay?: number, error?: ConnectError): void
  /** Once, last. `error` is there for `failed`, `aborted` and `no-content`. */
  onClosed(reason: CloseReason, error?: unknown): void
  /** Whether to read on, asked before each read. Once it says no, `pull()` goes on. */
  hungry(): boolean
  /** Whether the connection in hand may be cut to rest; asked for `pause` alone. */
  mayPause?(): boolean
}

/**
 * Keeps one connection going: request, answer, body, and what comes after it.
 *
 * The states are those of `State`; every change of state is one function. At any time at most one
 * attempt is live, and nothing that a former one still brings has any effect.
 */
export interface Engine {
  readonly state: State
  /** The id to resume from: that of the last block that was parsed. */
  readonly lastEventId: string
  /** The latest response that passed the check. */
  readonly response: Response | undefined
  /** Reads on, if the host is hungry. Does nothing while a read is under way or there is nothing to read. */
  pull(): void
  reconnect(): void
  /** Ends it for good and releases everything. Does nothing once closed. */
  finish(reason: CloseReason, error?: unknown): void
}

interface Run {
  attempt: Attempt
  controller: AbortController
  response?: Response
  reader?: ReadableStreamDefaultReader<Uint8Array>
  /** Goes on with the body. */
  read?: () => void
  openedAt: number
  /** An event, an id or a `retry:` came. */
  brought: boolean
  over: boolean
}

const ignore = (): void => {}

/** Starts to connect in a microtask, so that the host has the engine in hand when it is first called. */
export function createEngine(options: EngineOptions, host: EngineHost): Engine {
  const { backoff, retryHint, openTimeout, idleTimeout, signal } = options
  let { lastEventId } = options
  let state: State = 'connecting'
  let response: Response | undefined
  let run: Run | undefined
  let base = backoff.min
  let failures = 0
  let number = 0
  /** The earliest time of the next attempt, where the server named one. */
  let notBefore = 0
  let lastError: ConnectError | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const now = (): number => performance.now()
  const stopTimer = (): void => {
    clearTimeout(timer)
    timer = undefined
  }
  const failure = (kind: ConnectErrorKind, message: string, details?: ConnectErrorDetails): ConnectError =>
    new ConnectError(kind, message, { response: run?.response, attempt: number, ...details })
  const hookFailure = (cause: unknown): ConnectError =>
    failure('hook', `A function of the options threw: ${describe(cause)}`, { cause })

  const pauses = watchPauses(options.pause, () => {
    if (!pauses.active()) {
      if (state !== 'paused') return
      const left = notBefore - now()
      if (left > 0) wait(left)
      else void connect()
    } else if (state === 'waiting' || (run && !run.over && host.mayPause?.())) {
      release()
      failures = 0
      enter('paused')
    }
  })

  function enter(next: State, delay?: number, error?: ConnectError): void {
    state = next
    try {
      host.onState?.(next, delay, error)
    } catch (cause) {
      finish('failed', hookFailure(cause))
    }
  }

  /** Lets go of the attempt in hand, its timer and its socket. */
  function release(): void {
    stopTimer()
    if (run) drop(run)
    run = undefined
  }

  function finish(reason: CloseReason, error?: unknown): void {
    if (state === 'closed') return
    release()
    pauses.stop()
    signal?.removeEventListener('abort', onAbort)
    state = 'closed'
    try {
      host.onState?.(state, undefined, reason === 'failed' ? (error as ConnectError) : undefined)
    } catch (cause) {
      if (reason !== 'failed') error = hookFailure(cause)
      reason = 'failed'
    }
    host.onClosed(reason, error)
  }

  const onAbort = (): void => finish('aborted', signal!.reason)

  function wait(ms: number, error?: ConnectError): void {
    lastError = error ?? lastError
    if (pauses.active()) return enter('paused')
    const delay = Math.min(ms, MAX_DELAY)
    timer = setTimeout(connect, delay)
    if (!options.keepAlive) (timer as { unref?(): void }).unref?.()
    enter('waiting', delay, error)
  }

  async function connect(): Promise<void> {
    if (signal?.aborted) return onAbort()
    if (pauses.active()) return enter('paused')
    const controller = new AbortController()
    const mine: Run = {
      attempt: { number: ++number, lastEventId, cause: lastError, signal: controller.signal },
      controller,
      openedAt: Infinity,
      brought: false,
      over: false,
    }
    run = mine
    lastError = undefined
    notBefore = 0
    if (openTimeout) {
      timer = setTimeout(() => {
        void settle(mine, failure('open-timeout', `No answer within ${openTimeout} ms (openTimeout).`))
      }, openTimeout)
    }
    enter('connecting')
    try {
      if (mine.over) return
      const [url, init] = await guard(() => host.request(mine.attempt))
      if (mine.over) return
      const answer = await (host.fetch ?? globalThis.fetch)(url, { ...init, signal: controller.signal })
      if (mine.over) return void answer.body?.cancel().catch(ignore)
      stopTimer()
      mine.response = answer
      const error = host.check(answer, mine.attempt)
      if (answer.status === 204) return finish('no-content', error)
      if (error) throw error
      response = answer
      await guard(() => host.onOpen?.(answer, mine.attempt))
      if (mine.over) return
      read(mine, new URL(answer.url || url).origin)
    } catch (cause) {
      if (mine.over) return
      void settle(
        mine,
        cause instanceof ConnectError ? cause : failure('network', `The request failed: ${describe(cause)}`, { cause }),
      )
    }
  }

  async function guard<T>(hook: () => Awaitable<T>): Promise<T> {
    try {
      return await hook()
    } catch (cause) {
      throw hookFailure(cause)
    }
  }

  function read(mine: Run, origin: string): void {
    const parser = createParser({
      lastEventId,
      maxEventSize: options.maxEventSize,
      onEvent(event) {
        if (mine.over) return
        mine.brought = true
        host.onEvent(event, origin)
      },
      onId(id) {
        if (mine.over) return
        mine.brought = true
        lastEventId = id
      },
      onRetry(ms) {
        if (mine.over || !retryHint) return
        mine.brought = true
        base = clampHint(ms, retryHint)
      },
      onComment: host.onComment && ((text) => mine.over || host.onComment!(text)),
    })
    const reader = (mine.reader = mine.response!.body!.getReader())
    let reading = false
    let since = 0

    const onRead = ({ done, value }: ReadableStreamReadResult<Uint8Array>): void => {
      if (mine.over) return
      reading = false
      if (done) return void settle(mine)
      try {
        parser.feed(value)
      } catch (cause) {
        void settle(mine, cause instanceof LimitError ? failure('limit', cause.message, { cause }) : hookFailure(cause))
      }
      // What came before an error is delivered too.
      host.onChunk?.()
      mine.read!()
    }
    const onLost = (cause: unknown): void => {
      if (!mine.over) void settle(mine, failure('network', `The connection was lost: ${describe(cause)}`, { cause }))
    }
    const onIdle = (): void => {
      timer = undefined
      if (!reading) return
      const left = since + idleTimeout - now()
      if (left > 0) timer = setTimeout(onIdle, left)
      else void settle(mine, failure('idle', `No byte for ${idleTimeout} ms (idleTimeout).`))
    }
    mine.read = () => {
      if (mine.over || reading || !host.hungry()) return
      reading = true
      if (idleTimeout) {
        since = now()
        timer ??= setTimeout(onIdle, idleTimeout)
      }
      reader.read().then(onRead, onLost)
    }

    mine.openedAt = now()
    enter('open')
    mine.read()
  }

  /** Decides what follows an attempt that is over. */
  async function settle(mine: Run, error?: ConnectError): Promise<void> {
    stopTimer()
    // The body of a refused response stays readable while `decide` looks at it.
    if (error && mine.response && !mine.reader) mine.over = true
    else drop(mine)
    failures = mine.brought || now() - mine.openedAt >= backoff.stableAfter ? 0 : failures + 1
    let next: Verdict | number
    try {
      next = await host.decide(error, mine.attempt)
    } catch (cause) {
      error = hookFailure(cause)
      next = 'fail'
    }
    if (run !== mine) return
    release()
    if (next === 'end') return finish('end', error)
    if (next !== 'fail' && failures >= backoff.attempts) {
      error ??= failure('network', `The stream ended ${failures} times in a row without an event (backoff.attempts).`)
      next = 'fail'
    }
    if (next === 'fail') return finish('failed', error)
    let delay = next as number
    if (next === 'retry') {
      delay = backoffDelay(backoff, base, failures, Math.random())
      const { retryAfter } = error ?? {}
      if (retryHint && retryAfter !== undefined) {
        const asked = clampHint(retryAfter, retryHint)
        delay = Math.max(delay, asked)
        notBefore = now() + asked
      }
    }
    wait(delay, error)
  }

  signal?.addEventListener('abort', onAbort)
  queueMicrotask(() => {
    if (state !== 'closed' && !run) void connect()
  })

  return {
    get state() {
      return state
    },
    get lastEventId() {
      return lastEventId
    },
    get response() {
      return response
    },
    pull() {
      run?.read?.()
    },
    reconnect() {
      if (state === 'closed' || state === 'paused') return
      release()
      failures = 0
      lastError = undefined
      void connect()
    },
    finish,
  }
}

function drop(run: Run): void {
  run.over = true
  // Cancelled for bodies that ignore the signal, aborted for those that somebody else reads.
  ;(run.reader ?? run.response?.body)?.cancel().catch(ignore)
  run.controller.abort()
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
