import { ConnectError, type ConnectErrorDetails, type ConnectErrorKind } from '../errors/connect-error.js'
import { LimitError } from '../errors/limit-error.js'
import { createParser } from '../parser/create-parser.js'
import { backoffDelay, clampHint } from './backoff.js'
import { type BodyReader, readBody } from './body.js'
import type { Engine, EngineHost, EngineOptions } from './engine-types.js'
import { watchPauses } from './pause.js'
import type { Attempt, Awaitable, CloseReason, State } from './types.js'
import type { Verdict } from './verdict.js'

/** Starts to connect in a microtask, so that the host has the engine in hand when it is first called. */
export function createEngine(options: EngineOptions, host: EngineHost): Engine {
  const { backoff, retryHint, openTimeout, idleTimeout, signal } = options
  let state: State = 'connecting'
  let { lastEventId } = options
  let timer: ReturnType<typeof setTimeout> | undefined

  // The latest attempt. `attempt` is undefined where nothing waits for its outcome.
  let number = 0
  let attempt: Attempt | undefined
  let controller: AbortController | undefined
  let response: Response | undefined
  let body: BodyReader | undefined
  let openedAt = 0
  /** An event, an id or a `retry:` came. */
  let progress = false

  // What the next one depends on.
  let base = backoff.min
  let failures = 0
  let lastError: ConnectError | undefined
  /** The earliest time of it, where the server named one. */
  let notBefore = 0

  function failure(kind: ConnectErrorKind, message: string, cause?: unknown): ConnectError {
    const details: ConnectErrorDetails = { response, attempt: number }
    if (cause !== undefined) details.cause = cause
    return new ConnectError(kind, cause instanceof Error ? `${message}: ${cause.message}` : message, details)
  }

  const hookFailure = (cause: unknown): ConnectError => failure('hook', 'A function of the options threw', cause)

  /** The hooks that a connection waits for. */
  async function ask<T>(hook: () => Awaitable<T>): Promise<T> {
    try {
      return await hook()
    } catch (cause) {
      throw hookFailure(cause)
    }
  }

  function enter(next: State, delay?: number, error?: ConnectError): void {
    state = next
    try {
      host.onState?.(next, delay, error)
    } catch (cause) {
      finish('failed', hookFailure(cause))
    }
  }

  /** Releases the socket of the latest attempt. */
  function drop(): void {
    clearTimeout(timer)
    if (body) body.stop()
    else response?.body?.cancel().catch(() => {})
    body = undefined
    controller?.abort()
  }

  /** Forgets about the latest attempt. */
  function leave(): void {
    drop()
    attempt = undefined
  }

  function finish(reason: CloseReason, error?: unknown): void {
    if (state === 'closed') return
    leave()
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

  const pauses = watchPauses(options.pause, () => {
    if (pauses.active()) {
      if (state !== 'waiting' && !(attempt && host.mayPause?.())) return
      leave()
      failures = 0
      enter('paused')
    } else if (state === 'paused') {
      const left = notBefore - performance.now()
      if (left > 0) wait(left)
      else void connect()
    }
  })

  function wait(delay: number, error?: ConnectError): void {
    lastError = error ?? lastError
    if (pauses.active()) return enter('paused')
    timer = setTimeout(connect, delay)
    if (!options.keepAlive) (timer as { unref?(): void }).unref?.()
    enter('waiting', delay, error)
  }

  async function connect(): Promise<void> {
    if (signal?.aborted) return onAbort()
    if (pauses.active()) return enter('paused')
    controller = new AbortController()
    const mine = controller.signal
    const current = (attempt = { number: ++number, lastEventId, cause: lastError, signal: mine })
    response = lastError = undefined
    openedAt = Infinity
    progress = false
    if (openTimeout) {
      timer = setTimeout(() => {
        void settle(failure('open-timeout', `No answer within ${openTimeout} ms (openTimeout).`))
      }, openTimeout)
    }
    enter('connecting')
    if (mine.aborted) return
    try {
      const [url, init] = await ask(() => host.request(current))
      if (mine.aborted) return
      const answer = await (host.fetch ?? globalThis.fetch)(url, { ...init, signal: mine })
      if (mine.aborted) return void answer.body?.cancel().catch(() => {})
      clearTimeout(timer)
      response = answer
      const error = host.check(answer, current)
      if (answer.status === 204) return finish('no-content', error)
      if (error) throw error
      await ask(() => host.onOpen?.(answer, current))
      if (!mine.aborted) open(current, new URL(answer.url || url).origin)
    } catch (cause) {
      if (mine.aborted) return
      void settle(cause instanceof ConnectError ? cause : failure('network', 'The request failed', cause))
    }
  }

  function open(current: Attempt, origin: string): void {
    const parser = createParser({
      lastEventId,
      maxEventSize: options.maxEventSize,
      // A host may let go in the middle of a chunk; the rest of it is nobody's.
      onEvent(event) {
        if (attempt !== current) return
        progress = true
        host.onEvent(event, origin)
      },
      onId(id) {
        if (attempt !== current) return
        progress = true
        lastEventId = id
      },
      onRetry(ms) {
        if (attempt !== current) return
        progress = true
        if (retryHint) base = clampHint(ms, retryHint)
      },
      onComment: host.onComment && ((text) => void (attempt === current && host.onComment!(text))),
    })
    const reader = readBody(response!.body!, {
      idleTimeout,
      hungry: host.hungry,
      onChunk(chunk) {
        try {
          parser.feed(chunk)
        } catch (cause) {
          void settle(
            cause instanceof LimitError ? failure('limit', 'The stream was refused', cause) : hookFailure(cause),
          )
        }
        // What came before an error is delivered too.
        host.onChunk?.()
      },
      onEnd: () => void settle(),
      onLost: (cause) => void settle(failure('network', 'The connection was lost', cause)),
      onIdle: () => void settle(failure('idle', `No byte for ${idleTimeout} ms (idleTimeout).`)),
    })
    body = reader
    openedAt = performance.now()
    enter('open')
    reader.pull()
  }

  /** The latest attempt is over: decides what follows. */
  async function settle(error?: ConnectError): Promise<void> {
    const settled = attempt!
    clearTimeout(timer)
    // The body of a refused response can be read until the decision is made.
    if (body || !response) drop()
    failures = progress || performance.now() - openedAt >= backoff.stableAfter ? 0 : failures + 1
    let next: Verdict | number
    try {
      next = await host.decide(error, settled)
    } catch (cause) {
      error = hookFailure(cause)
      next = 'fail'
    }
    if (attempt !== settled) return
    leave()
    if (next === 'end') return finish('end', error)
    if (next !== 'fail' && failures >= backoff.attempts) {
      error ??= failure('network', `The stream ended ${failures} times in a row without an event (backoff.attempts).`)
      next = 'fail'
    }
    if (next === 'fail') return finish('failed', error)
    if (next === 'retry') {
      const asked = (retryHint && error?.retryAfter !== undefined && clampHint(error.retryAfter, retryHint)) || 0
      notBefore = performance.now() + asked
      next = Math.max(asked, backoffDelay(backoff, base, failures, Math.random()))
    }
    wait(next, error)
  }

  signal?.addEventListener('abort', onAbort)
  queueMicrotask(() => {
    if (state === 'connecting' && !attempt) void connect()
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
    pull: () => body?.pull(),
    reconnect() {
      if (state === 'closed' || state === 'paused') return
      leave()
      failures = 0
      lastError = undefined
      void connect()
    },
    failure,
    finish,
  }
}
