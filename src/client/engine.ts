import { ConnectError, type ConnectErrorKind } from '../errors/connect-error.js'
import { LimitError } from '../errors/limit-error.js'
import { placeOf, reasonOf } from '../errors/reason-of.js'
import { createParser } from '../parser/create-parser.js'
import type { Parser } from '../parser/types.js'
import { abortReason } from '../streams/abort-reason.js'
import { type Chunk, type ChunkSource, openResponse } from '../streams/chunk-source.js'
import { keepBody, responseError } from '../streams/response-error.js'
import { backoffDelay } from '../wire/backoff.js'
import { MAX_DELAY } from '../wire/constants.js'
import type { ServerSentEvent } from '../wire/types.js'
import { clampHint, parseRetryAfter } from './backoff.js'
import type { Decision, Engine, EngineOptions, EngineOwner } from './engine-types.js'
import { isFutile } from './futile.js'
import { HookFailure } from './hook.js'
import { originOf } from './request-url.js'
import type { Attempt, CloseReason, State } from './types.js'

/** One attempt and all that belongs to it. After each wait, code that works for an attempt asks `isCurrent`. */
interface Work {
  readonly attempt: Attempt
  readonly controller: AbortController
  url: string
  response?: Response
  parser?: Parser
  chunks?: ChunkSource
  isReading?: boolean
  openedAt: number
  /** An event, an id or a `retry:` came. */
  progress: boolean
  isOver?: boolean
}

/** Starts to connect in a microtask, so that the owner has the engine in hand when it is first called. */
export function createEngine(options: EngineOptions, owner: EngineOwner): Engine {
  const { backoff, retryHint, signal } = options
  const engine: Engine = {
    state: 'connecting',
    lastEventId: options.lastEventId,
    response: undefined,
    pull,
    reconnect() {
      if (engine.state === 'closed' || engine.state === 'paused') return
      drop()
      failures = notBefore = 0
      lastError = undefined
      start()
    },
    rest() {
      if (engine.state === 'closed' || engine.state === 'paused' || decision) return
      drop()
      failures = 0
      enter('paused')
    },
    wake() {
      if (engine.state !== 'paused') return
      const left = notBefore - performance.now()
      if (left > 0) wait(left)
      else start()
    },
    failure,
    fail: (error) => over(work, error),
    finish,
  }
  /** The latest attempt, until another one or the end takes its place. */
  let work: Work | undefined
  let number = 0
  /** Set while `decide` takes its time. An answer that is not for the latest decision is dropped. */
  let decision: object | undefined
  /** The last id that the stream gave. It differs from `lastEventId` if the owner names positions of its own. */
  let streamId = options.lastEventId

  // When the next attempt is made, and what it is told.
  let timer: ReturnType<typeof setTimeout> | undefined
  let base = backoff.min
  let failures = 0
  let lastError: ConnectError | undefined
  /** The next attempt is not made before this time, which the server or the owner named. */
  let notBefore = 0

  function failure(kind: ConnectErrorKind, message: string, cause?: unknown, event?: ServerSentEvent): ConnectError {
    const reason = kind === 'limit' ? '' : reasonOf(cause)
    const text = `${message} (${placeOf(work?.url ?? options.url)})${reason ? `: ${reason}` : '.'}`
    return new ConnectError(kind, text, {
      response: work ? work.response : engine.response,
      attempt: number,
      cause,
      event,
    })
  }

  /** The error for what was thrown on the way. */
  function failureOf(thrown: unknown, message: string): ConnectError {
    if (thrown instanceof HookFailure) return failure('hook', `${thrown.hook} threw`, thrown.cause)
    if (thrown instanceof ConnectError) return thrown
    if (!(thrown instanceof LimitError)) return failure('network', message, thrown)
    return failure('limit', `One event is larger than maxEventSize, which is ${thrown.limit}`, thrown)
  }

  /** Changes the state and tells the owner. Gives an error if the owner threw. */
  function tell(state: State, delay?: number, error?: ConnectError): ConnectError | undefined {
    engine.state = state
    try {
      owner.onState(state, delay, error)
    } catch (thrown) {
      return failureOf(thrown, 'onState threw')
    }
  }

  function enter(state: State, delay?: number, error?: ConnectError): void {
    error = tell(state, delay, error)
    if (!error) return
    // If `onState` throws at each wait, another wait would not help: the connection fails.
    if (state === 'connecting' || state === 'open') void over(work, error)
    else finish('failed', error)
  }

  /** Releases the socket of an attempt. */
  function release({ parser, chunks, response, controller }: Work): void {
    parser?.reset()
    if (chunks) chunks.cancel().catch(() => {})
    else if (response)
      openResponse(response)
        .cancel()
        .catch(() => {})
    controller.abort()
  }

  /** Drops the attempt or the wait. What is still under way for it has no effect any more. */
  function drop(): void {
    clearTimeout(timer)
    const former = work
    work = decision = undefined
    if (former) release(former)
  }

  function finish(reason: CloseReason, error?: unknown): void {
    if (engine.state === 'closed') return
    drop()
    signal?.removeEventListener('abort', onAbort)
    const thrown = tell('closed', undefined, reason === 'failed' ? (error as ConnectError) : undefined)
    if (thrown && reason !== 'failed' && reason !== 'aborted') owner.onClosed('failed', thrown)
    else owner.onClosed(reason, error)
  }

  function onAbort(): void {
    finish('aborted', abortReason(signal!))
  }

  function wait(delay: number, error?: ConnectError, spent = 0): void {
    lastError = error ?? lastError
    work = decision = undefined
    if (owner.isPaused?.()) return enter('paused')
    timer = setTimeout(start, Math.max(0, delay - spent))
    if (options.keepAlive === false) (timer as { unref?(): void }).unref?.()
    enter('waiting', delay, error)
  }

  function start(): void {
    if (signal?.aborted) return onAbort()
    if (owner.isPaused?.()) return enter('paused')
    const controller = new AbortController()
    const mine: Work = (work = {
      attempt: { number: ++number, lastEventId: engine.lastEventId, cause: lastError, signal: controller.signal },
      controller,
      url: options.url,
      openedAt: Infinity,
      progress: false,
    })
    lastError = undefined
    enter('connecting')
    if (isCurrent(mine)) void request(mine)
  }

  /** Whether an attempt is the latest one, and not over. */
  function isCurrent(mine: Work): boolean {
    return work === mine && !mine.isOver
  }

  async function request(mine: Work): Promise<void> {
    const { attempt } = mine
    let init: RequestInit | undefined
    try {
      const [url, given] = await owner.request(attempt)
      if (!isCurrent(mine)) return
      mine.url = url
      init = given
      const fetch = (options.fetch ?? globalThis.fetch) as typeof globalThis.fetch
      const answer = await fetch(url, init)
      if (!isCurrent(mine))
        return void openResponse(answer)
          .cancel()
          .catch(() => {})
      if (typeof answer?.status !== 'number') throw new ReferenceError('fetch gave no Response')
      mine.response = answer
      const retryAfter = parseRetryAfter(answer.headers.get('retry-after'), Date.now())
      const error = responseError(answer, { attempt: number, retryAfter }, options.only200)
      if (error) return await refuse(mine, error)
      init = undefined
      await owner.onOpen?.(answer, attempt)
      if (isCurrent(mine)) open(mine, answer, originOf(answer.url || url))
    } catch (thrown) {
      if (!isCurrent(mine)) return
      void over(mine, failureOf(thrown, 'The request failed'), init && isFutile(thrown, init))
    }
  }

  async function refuse(mine: Work, error: ConnectError): Promise<void> {
    const since = performance.now()
    await keepBody(error, (chunks) => (mine.chunks = chunks))
    if (isCurrent(mine)) await over(mine, error, false, performance.now() - since)
  }

  function open(mine: Work, answer: Response, origin: string): void {
    /** What stood before the id of the event at hand: put back if the event fails. */
    let before: [lastEventId: string, streamId: string, progress: boolean] | undefined
    const { onComment, onIgnored } = owner
    const parserOptions = {
      lastEventId: streamId,
      maxEventSize: options.maxEventSize,
      onEvent(event: ServerSentEvent) {
        let last: boolean | string | void
        try {
          last = owner.onEvent(event, origin)
        } catch (thrown) {
          // An event whose function threw does not count as received: the next attempt asks for it again.
          if (before) [engine.lastEventId, streamId, mine.progress] = before
          before = undefined
          if (thrown instanceof HookFailure) throw failure('hook', `${thrown.hook} threw`, thrown.cause, event)
          throw thrown
        }
        before = undefined
        mine.progress = true
        if (typeof last === 'string') engine.lastEventId = last
        else if (last) mine.parser?.reset()
      },
      onId(id: string) {
        before = [engine.lastEventId, streamId, mine.progress]
        mine.progress = true
        engine.lastEventId = streamId = id
      },
      onRetry(ms: number) {
        mine.progress = true
        if (retryHint) base = clampHint(ms, retryHint)
      },
      onComment: onComment?.bind(owner),
      onIgnored: onIgnored?.bind(owner),
    }
    const parser = (mine.parser = createParser(parserOptions))
    mine.chunks = openResponse(answer)
    mine.openedAt = performance.now()
    notBefore = 0
    engine.response = answer
    enter('open')
    if (!isCurrent(mine)) return
    onChunk = ({ done, value }) => {
      mine.isReading = false
      if (!isCurrent(mine)) return
      try {
        if (!done) {
          parser.feed(asBytes(value!))
        } else {
          parser.end({ unfinished: options.unfinished })
        }
      } catch (thrown) {
        if (isCurrent(mine)) void over(mine, failureOf(thrown, 'The stream cannot be read'))
      }
      // What came before an error is delivered too.
      if (!done || options.unfinished) owner.onReady()
      if (done && isCurrent(mine)) void over(mine)
    }
    onLost = (cause) => {
      if (isCurrent(mine)) void over(mine, failureOf(cause, 'The connection was lost'))
    }
    owner.onReady()
  }

  let onChunk!: (result: { done?: boolean | undefined; value?: Chunk }) => void
  let onLost!: (cause: unknown) => void

  function pull(): void {
    if (engine.state !== 'open' || !work?.chunks || work.isReading) return
    work.isReading = true
    work.chunks.read().then(onChunk, onLost)
  }

  /** An attempt is over. Decides what follows. No error: the body came to its end. */
  async function over(mine: Work | undefined, error?: ConnectError, futile = false, spent = 0): Promise<void> {
    if (work !== mine || engine.state === 'closed') return
    clearTimeout(timer)
    const own = (decision = {})
    if (mine) {
      mine.isOver = true
      release(mine)
    }
    error = owner.errorOfEnd?.(error) ?? error
    // There is no connection from here on.
    engine.state = 'waiting'
    const isFruitful = mine && (mine.progress || performance.now() - mine.openedAt >= backoff.stableAfter)
    failures = isFruitful ? 0 : failures + 1
    let next: Decision
    try {
      const attempt = mine?.attempt ?? { number, lastEventId: engine.lastEventId, signal: new AbortController().signal }
      const given = owner.decide(error, attempt, futile)
      next = given instanceof Promise ? await given : given
    } catch (thrown) {
      error = failureOf(thrown, 'retryIf threw')
      next = false
    }
    if (decision !== own) return
    if (next === 'end') return finish(error?.kind === 'http' && error.status === 204 ? 'no-content' : next, error)
    if (next !== false && failures >= backoff.attempts) {
      error ??= failure('network', `The stream ended ${failures} times in a row without an event (backoff.attempts)`)
      next = false
    }
    if (next === false) return finish('failed', error)
    const grown = backoffDelay({ ...backoff, base }, failures)
    const asked = typeof next === 'object' ? next.atLeast : undefined
    const delay = Math.min(typeof next === 'number' ? next : Math.max(asked ?? 0, grown), MAX_DELAY)
    if (typeof next === 'number') spent = 0
    notBefore = next === true ? 0 : performance.now() + (asked ?? delay) - spent
    wait(delay, error, spent)
  }

  signal?.addEventListener('abort', onAbort)
  queueMicrotask(() => engine.state === 'connecting' && !number && start())

  return engine
}

/** Some hosts stream views or buffers that are no `Uint8Array`. */
function asBytes(value: Chunk): Chunk {
  if (typeof value === 'string' || value instanceof Uint8Array) return value
  const { buffer, byteOffset, byteLength } = value as Partial<Uint8Array<ArrayBuffer>>
  if (buffer) return new Uint8Array(buffer, byteOffset, byteLength)
  return (value as unknown) instanceof ArrayBuffer ? new Uint8Array(value as unknown as ArrayBuffer) : value
}
