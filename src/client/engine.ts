import { ConnectError, connectError, type ConnectErrorDetails, type ConnectErrorKind } from '../errors/connect-error.js'
import { LimitError } from '../errors/limit-error.js'
import { createParser } from '../parser/create-parser.js'
import { asBytes, type ChunkSource, openResponse, type ReadChunk } from '../streams/chunk-source.js'
import { responseError } from '../streams/response-error.js'
import { backoffDelay } from '../wire/backoff.js'
import type { ServerSentEvent } from '../wire/types.js'
import { clampHint } from './backoff.js'
import type { Engine, EngineOptions, EngineOwner, Work } from './engine-types.js'
import { HookFailure } from './hook.js'
import { originOf } from './request-url.js'
import type { Attempt, CloseReason, State } from './types.js'

/** Starts to connect in a microtask, so that the owner has the engine in hand when it is first called. */
export function createEngine(options: EngineOptions, owner: EngineOwner): Engine {
  const { backoff, retryHint, url, fetch: ownFetch } = options
  let timer: ReturnType<typeof setTimeout> | undefined
  let base = backoff.min

  const engine: Engine = {
    state: 'connecting',
    lastEventId: options.lastEventId,
    response: undefined,
    work: { url, attempt: { number: 0 }, isOver: true } as Work,
    decision: undefined,
    failures: 0,
    cause: undefined,
    pull() {},
    start,
    wait,
    drop,
    enter,
    failure,
    fail: (error) => over(engine.work, error),
    finish,
  }

  function failure(kind: ConnectErrorKind, message: string, details?: ConnectErrorDetails): ConnectError {
    const { work } = engine
    const { number } = work.attempt
    return connectError(kind, message, { url: work.url, response: work.response, attempt: number, ...details })
  }

  /** The error for what was thrown on the way. */
  function failureOf(cause: unknown, message: string, isOfBody?: boolean): ConnectError {
    if (cause instanceof HookFailure) return failure('hook', `${cause.hook} threw`, { cause: cause.cause })
    if (cause instanceof ConnectError) return cause
    if (cause instanceof LimitError) {
      return failure('limit', `An event is larger than maxEventSize, ${cause.limit}. Raise it`, { cause })
    }
    if (!isOfBody) return failure('network', message, { cause })
    return failure('http', message, { cause, code: 'ERR_CONNECT_NO_BODY' })
  }

  function enter(state: State, delay?: number, error?: ConnectError): void {
    engine.state = state
    owner.onState(state, delay, error)
  }

  /** Lets go of an attempt: what is still under way for it has no effect any more. */
  function release(work: Work): void {
    if (work.isOver) return
    work.isOver = true
    work.parser?.reset()
    letGo(work.chunks ?? (work.response && openResponse(work.response)))
    work.controller.abort()
  }

  function drop(): void {
    clearTimeout(timer)
    engine.decision = undefined
    release(engine.work)
  }

  function finish(reason: CloseReason, error?: unknown): void {
    if (engine.state === 'closed') return
    drop()
    enter('closed', undefined, reason === 'failed' ? (error as ConnectError) : undefined)
    owner.onClosed(reason, error)
  }

  function wait(delay: number, error?: ConnectError): void {
    engine.cause = error ?? engine.cause
    engine.decision = undefined
    if (owner.isHeld?.()) return
    timer = (owner.setTimer ?? setTimeout)(start, delay)
    enter('waiting', delay, error)
  }

  function start(): void {
    drop()
    if (owner.isHeld?.()) return
    const controller = new AbortController()
    const { lastEventId, cause } = engine
    const attempt = { number: engine.work.attempt.number + 1, lastEventId, cause, signal: controller.signal } as Attempt
    const work: Work = (engine.work = { attempt, controller, url, openedAt: Infinity })
    engine.cause = undefined
    enter('connecting')
    if (!work.isOver) void request(work)
  }

  async function request(work: Work): Promise<void> {
    const { attempt } = work
    try {
      const [asked, init] = await owner.request(attempt)
      if (work.isOver) return
      work.url = asked
      const answer = await ((ownFetch ?? fetch) as typeof fetch)(asked, init)
      if (work.isOver) return letGo(openResponse(answer))
      work.response = answer
      const { only200 } = options
      let error = responseError(answer, { attempt: attempt.number, url: asked, only200 })
      if (error) {
        error = (await owner.onRefused?.(error, work)) ?? error
        if (!work.isOver) void over(work, error)
        return
      }
      await owner.onOpen?.(answer, attempt)
      if (!work.isOver) open(work, answer, originOf(answer.url || asked))
    } catch (thrown) {
      if (!work.isOver) void over(work, failureOf(thrown, 'The request failed'))
    }
  }

  function open(work: Work, answer: Response, origin: string): void {
    const parser = (work.parser = createParser({
      lastEventId: engine.lastEventId,
      maxEventSize: options.maxEventSize,
      onEvent(event: ServerSentEvent) {
        const isLast = owner.onEvent(event, origin)
        work.isFruitful = true
        if (isLast) parser.reset()
      },
      onId(id: string) {
        owner.onId?.(id)
        engine.lastEventId = id
        work.isFruitful = true
      },
      onRetry(ms: number) {
        if (retryHint) base = clampHint(ms, retryHint)
      },
      onComment: owner.onComment!,
      onIgnored: owner.onIgnored!,
    }))
    const chunks = (work.chunks = openResponse(answer, { attempt: work.attempt.number, url: work.url }))
    const onChunk = (result: ReadChunk): void => {
      work.isReading = false
      if (work.isOver) return
      let error: ConnectError | undefined
      let isEnd: boolean | undefined
      try {
        isEnd = result.done
        if (isEnd) parser.end(options)
        else parser.feed(asBytes(result.value!))
      } catch (thrown) {
        error = failureOf(thrown, 'The body cannot be read', true)
      }
      if (error || isEnd) end(error ?? owner.onEnd?.())
      // Events that came before the end are still delivered.
      owner.onReady()
    }
    const onLost = (cause: unknown): void => end(failureOf(cause, 'The connection was lost'))
    const end = (error?: ConnectError): void => {
      if (!work.isOver) void over(work, error)
    }
    engine.pull = () => {
      if (work.isOver || work.isReading) return
      work.isReading = true
      chunks.read().then(onChunk, onLost)
    }
    work.openedAt = performance.now()
    engine.response = answer
    enter('open')
    if (!work.isOver) owner.onReady()
  }

  /** Ends an attempt, and decides what follows it. Without an `error` the body came to its end. */
  async function over(work: Work, error?: ConnectError): Promise<void> {
    if (engine.state === 'closed') return
    clearTimeout(timer)
    const own = (engine.decision = {})
    release(work)
    // The state must not say `open` while the decision is awaited: there is no connection.
    engine.state = 'waiting'
    const isFruitful = work.isFruitful || performance.now() - work.openedAt >= backoff.stableAfter
    const failures = (engine.failures = isFruitful ? 0 : engine.failures + 1)
    const next = await owner.decide(error, work.attempt, backoffDelay({ ...backoff, base }, failures))
    if (engine.decision !== own) return
    if (typeof next === 'string') finish(next, error)
    else if (failures < backoff.attempts) wait(next, error)
    else
      finish('failed', error ?? failure('network', `${failures} attempts in a row brought no event (backoff.attempts)`))
  }

  queueMicrotask(() => engine.state === 'connecting' && !engine.work.attempt.number && start())

  return engine
}

function letGo(chunks: ChunkSource | undefined): void {
  chunks?.cancel().catch(() => {})
}
