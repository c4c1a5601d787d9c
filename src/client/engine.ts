import { ConnectError, type ConnectErrorKind } from '../errors/connect-error.js'
import { LimitError } from '../errors/limit-error.js'
import { createParser } from '../parser/create-parser.js'
import type { Parser } from '../parser/types.js'
import { responseError } from '../streams/response-error.js'
import { MAX_DELAY } from '../wire/constants.js'
import { backoffDelay, clampHint, parseRetryAfter } from './backoff.js'
import { type BodyReader, readBody } from './body.js'
import type { Engine, EngineHost, EngineOptions } from './engine-types.js'
import { makeRequest } from './request.js'
import type { Attempt, CloseReason, State } from './types.js'

/** Starts to connect in a microtask, so that the host has the engine in hand when it is first called. */
export function createEngine(options: EngineOptions, host: EngineHost): Engine {
  const { backoff, retryHint, openTimeout, idleTimeout, signal, onComment } = options
  const engine: Engine = {
    state: 'connecting',
    lastEventId: options.lastEventId,
    response: undefined,
    pull: () => body?.pull(),
    reconnect() {
      if (engine.state === 'closed' || engine.state === 'paused') return
      drop()
      failures = 0
      lastError = undefined
      void connect()
    },
    failure,
    settle,
    finish,
  }
  /** Of the answer, or of the next attempt. */
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Counts what makes all that is under way void. */
  let epoch = 0

  // The latest attempt.
  let number = 0
  let attempt: Attempt
  let controller: AbortController | undefined
  let parser: Parser | undefined
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
    return new ConnectError(kind, cause instanceof Error ? `${message}: ${cause.message}` : message, {
      response: engine.response,
      attempt: number,
      cause,
    })
  }

  const hookFailure = (cause: unknown): ConnectError => failure('hook', 'A function of the options threw', cause)

  /** Changes the state; what the host throws at that comes back as an error. */
  function tell(state: State, delay?: number, error?: ConnectError): ConnectError | undefined {
    engine.state = state
    try {
      host.onState(state, delay, error)
    } catch (cause) {
      return hookFailure(cause)
    }
  }

  function enter(state: State, delay?: number, error?: ConnectError): void {
    error = tell(state, delay, error)
    if (!error) return
    // A wait that is refused each time it begins would be none.
    if (state === 'connecting' || state === 'open') void settle(error)
    else finish('failed', error)
  }

  /** Whatever is under way has no effect any more. */
  function cease(): number {
    clearTimeout(timer)
    return ++epoch
  }

  /** Releases the socket of the latest attempt. */
  function release(): void {
    parser?.reset()
    if (body) body.stop()
    else engine.response?.body?.cancel().catch(() => {})
    parser = body = undefined
    controller?.abort()
  }

  function drop(): void {
    cease()
    release()
  }

  function finish(reason: CloseReason, error?: unknown): void {
    if (engine.state === 'closed') return
    drop()
    pauses?.stop()
    signal?.removeEventListener('abort', onAbort)
    const thrown = tell('closed', undefined, reason === 'failed' ? (error as ConnectError) : undefined)
    if (thrown && reason !== 'failed' && reason !== 'aborted') host.onClosed('failed', thrown)
    else host.onClosed(reason, error)
  }

  const onAbort = (): void => finish('aborted', signal!.reason)

  const pauses = host.watch?.(() => {
    const isPaused = engine.state === 'paused'
    if (pauses!.active() === isPaused) return
    if (isPaused) {
      const left = notBefore - performance.now()
      if (left > 0) wait(left)
      else void connect()
    } else if (engine.state === 'waiting' || host.judge(failure('network', '')) === true) {
      drop()
      failures = 0
      enter('paused')
    }
  })

  function wait(delay: number, error?: ConnectError): void {
    lastError = error ?? lastError
    if (pauses?.active()) return enter('paused')
    timer = setTimeout(connect, delay)
    if (options.keepAlive === false) (timer as { unref?(): void }).unref?.()
    enter('waiting', delay, error)
  }

  async function connect(): Promise<void> {
    if (signal?.aborted) return onAbort()
    if (pauses?.active()) return enter('paused')
    controller = new AbortController()
    attempt = { number: ++number, lastEventId: engine.lastEventId, cause: lastError, signal: controller.signal }
    engine.response = lastError = undefined
    openedAt = Infinity
    progress = false
    if (openTimeout) {
      timer = setTimeout(() => {
        void settle(failure('open-timeout', `No answer within ${openTimeout} ms (openTimeout).`))
      }, openTimeout)
    }
    const mine = epoch
    enter('connecting')
    if (mine !== epoch) return
    let isHook = true
    try {
      const [url, init] = await makeRequest(options, attempt)
      if (mine !== epoch) return
      isHook = false
      const answer = await (options.fetch ?? globalThis.fetch)(url, init)
      if (mine !== epoch) return void answer.body?.cancel().catch(() => {})
      clearTimeout(timer)
      engine.response = answer
      const retryAfter = parseRetryAfter(answer.headers.get('retry-after'), Date.now())
      const error = responseError(answer, { attempt: number, retryAfter }, options.only200)
      if (answer.status === 204) return finish('no-content', error)
      if (error) return void settle(error)
      isHook = true
      await options.onOpen?.(answer, attempt)
      if (mine === epoch) open(answer, new URL(answer.url || url).origin)
    } catch (cause) {
      if (mine === epoch) void settle(isHook ? hookFailure(cause) : failure('network', 'The request failed', cause))
    }
  }

  function open(answer: Response, origin: string): void {
    const mine = epoch
    const current = (parser = createParser({
      lastEventId: engine.lastEventId,
      maxEventSize: options.maxEventSize,
      onEvent(event) {
        progress = true
        if (host.onEvent(event, origin)) parser?.reset()
      },
      onId(id) {
        progress = true
        engine.lastEventId = id
      },
      onRetry(ms) {
        progress = true
        if (retryHint) base = clampHint(ms, retryHint)
      },
      onComment,
    }))

    const onChunk = (chunk?: Uint8Array): void => {
      if (chunk === undefined) return void settle()
      try {
        current.feed(chunk)
      } catch (cause) {
        if (mine === epoch) {
          void settle(cause instanceof LimitError ? failure('limit', 'Stream refused', cause) : hookFailure(cause))
        }
      }
      // What came before an error is delivered too.
      host.onReady()
    }
    body = readBody(answer.body ?? new Response('').body!, idleTimeout, onChunk, (...details) => {
      void settle(failure(...details))
    })
    openedAt = performance.now()
    enter('open')
    if (mine === epoch) host.onReady()
  }

  /** The latest attempt is over: decides what follows. */
  async function settle(error?: ConnectError): Promise<void> {
    const mine = cease()
    // The body of a refused response can be read until the decision is made.
    if (parser || !engine.response) release()
    failures = progress || performance.now() - openedAt >= backoff.stableAfter ? 0 : failures + 1
    let next: unknown
    try {
      next = (error && (await options.retryIf?.(error, attempt))) ?? host.judge(error)
      if (typeof next !== 'boolean' && next !== 'end' && !((next as number) >= 0)) {
        throw new TypeError(`retryIf gave ${next}, not a boolean, a delay, 'end' or undefined`)
      }
    } catch (cause) {
      error = hookFailure(cause)
      next = false
    }
    if (mine !== epoch) return
    release()
    if (next === 'end') return finish(next, error)
    if (next !== false && failures >= backoff.attempts) {
      error ??= failure('network', `The stream ended ${failures} times in a row without an event (backoff.attempts).`)
      next = false
    }
    if (next === false) return finish('failed', error)
    let delay = next as number
    if (next === true) {
      const asked = (retryHint && error?.retryAfter !== undefined && clampHint(error.retryAfter, retryHint)) || 0
      notBefore = performance.now() + asked
      delay = Math.max(asked, backoffDelay(backoff, base, failures, Math.random()))
    }
    wait(Math.min(delay, MAX_DELAY), error)
  }

  signal?.addEventListener('abort', onAbort)
  queueMicrotask(() => void (engine.state === 'connecting' && !number && connect()))

  return engine
}
