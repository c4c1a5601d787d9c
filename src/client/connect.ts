import type { ConnectError } from '../errors/connect-error.js'
import { abortReason } from '../streams/abort-reason.js'
import { afterTurn } from '../streams/after-turn.js'
import { ASYNC_DISPOSE, ASYNC_ITERATOR } from '../streams/async-symbols.js'
import { tellHook } from '../streams/hook.js'
import { Delivery, type DeliveryOptions } from './delivery.js'
import { createEngine } from './engine.js'
import { askHook } from './hook.js'
import { readOptions } from './options.js'
import { watchPauses } from './pause.js'
import { makeRequest } from './resume.js'
import type {
  CloseReason,
  ConnectOptions,
  Connection,
  DecodedMap,
  Decoder,
  DecoderMap,
  EventMap,
  State,
  StateChange,
} from './types.js'
import { Verdict } from './verdict.js'
import { type IdleWatch, watchIdle } from './watch-idle.js'

/**
 * Connects to an event stream and stays connected: it retries, resumes and ends as the options and the
 * standard have it (WHATWG HTML 9.2).
 *
 * It connects at once. The result is an async iterator for one consumer, and the body is read only as fast as it
 * is iterated. The caller ends it: `break`, `close()`, `await using` and the `signal` release everything,
 * at any time, and nothing is delivered after that. Calls of `next()` may overlap; they are served in order.
 *
 * What happens later than the call is told by the loop, which throws a `ConnectError`, or the reason of the
 * `signal`. Nothing is ever an unhandled rejection, `opened` and `closed` neither.
 *
 * @throws {OptionError} at once, for a URL or an option that makes no sense.
 *
 * @example
 * ```ts
 * import { connect } from 'eventwire/client'
 * import { createScriptedServer } from 'eventwire/testing/server'
 *
 * const server = await createScriptedServer([
 *   [{ event: { id: '1', data: 'one' } }, { cut: 'reset' }],
 *   [{ event: { id: '2', data: 'two' } }],
 * ])
 * const seen: string[] = []
 * for await (const { data } of connect(server.url, { until: (event) => event.data === 'two' })) seen.push(data)
 * seen // => ['one', 'two']
 * server.requests[1]?.lastEventId // => '1'
 * await server.close()
 * ```
 */
export function connect<T>(
  url: string | URL,
  options: Omit<ConnectOptions, 'decode'> & { decode: Decoder<T> },
): Connection<Record<string, T>>
export function connect<D extends DecoderMap>(
  url: string | URL,
  options: Omit<ConnectOptions, 'decode'> & { decode: D },
): Connection<DecodedMap<D>>
export function connect<M = EventMap>(url: string | URL, options?: ConnectOptions<M>): Connection<M>
export function connect<M>(url: string | URL, options: ConnectOptions<M> = {}): Connection<M> {
  const settings = readOptions(url, options)
  const { signal, until, pause, onComment, onIgnored } = options
  const { openTimeout, idleTimeout } = settings

  let stopOpening: (() => void) | undefined
  let idle: IdleWatch | undefined
  /** What `onState` threw when it was told of the end. */
  let lastThrown: ConnectError | undefined

  let open!: (response: Response) => void
  let refuse!: (error: unknown) => void
  let close!: (reason: CloseReason) => void
  const closed = new Promise<CloseReason>((resolve) => (close = resolve))
  const opened = new Promise<Response>((resolve, reject) => {
    open = resolve
    refuse = reject
  })
  opened.catch(() => {})

  const engine = createEngine(settings, {
    request(attempt) {
      attempt.lastEventId = delivery._position
      stopOpening?.()
      const message = `No answer within ${openTimeout} ms (openTimeout)`
      if (openTimeout)
        stopOpening = afterTurn(openTimeout, () => void engine.fail(engine.failure('open-timeout', message)))
      return makeRequest(settings, attempt).then((request) => {
        verdict._use(request[1].method!)
        return request
      })
    },
    onOpen(response, attempt) {
      stopOpening?.()
      if (options.onOpen) return askHook('onOpen', () => options.onOpen!(response, attempt))
    },
    async onRefused(error, work) {
      await verdict._read(error, work)
      if (error.status === 204) return errorOfEnd()
    },
    onEnd: errorOfEnd,
    decide(error, attempt, delay) {
      stopOpening?.()
      idle?.stop()
      return delivery._last && error?.kind !== 'hook' ? 'end' : verdict._decide({ error, attempt, delay })
    },
    onEvent: (event, origin) => delivery._add(event, origin),
    onId: (id) => delivery._takeId(id),
    onComment: onComment && ((text) => delivery._inOrder('onComment', text)),
    onIgnored: onIgnored && ((line) => delivery._inOrder('onIgnored', line)),
    onReady() {
      idle?.end()
      delivery._serve()
    },
    onState(state, delay, error) {
      if (state !== 'connecting') stopOpening?.()
      idle?.stop()
      idle = undefined
      if (state === 'open') {
        verdict._notBefore = 0
        const message = `No byte for ${idleTimeout} ms (idleTimeout)`
        if (idleTimeout) idle = watchIdle(idleTimeout, () => void engine.fail(engine.failure('idle', message)))
        open(engine.response!)
      }
      tell({ state, ...(delay !== undefined && { delay }), ...(error && { error }) })
    },
    onClosed(reason, error) {
      if (lastThrown && reason !== 'failed' && reason !== 'aborted') {
        reason = 'failed'
        error = lastThrown
      }
      signal?.removeEventListener('abort', onAbort)
      pauses?.stop()
      if (reason === 'aborted') delivery._discard()
      close(reason)
      refuse(error ?? engine.failure('network', 'The connection was closed before it opened'))
      delivery._end(reason === 'failed' || reason === 'aborted' ? { error } : undefined)
    },
    isHeld() {
      if (signal?.aborted) onAbort()
      else if (pauses?.active()) engine.enter('paused')
      else return false
      return true
    },
    setTimer: (run, ms) => verdict._setTimer(run, ms),
  })

  const delivery = new Delivery(options as DeliveryOptions, engine, () => {
    idle?.begin()
    engine.pull()
  })
  const verdict = new Verdict(engine, settings, { options, position: () => delivery._position })
  const pauses = pause?.length ? watchPauses(pause, onPause) : undefined
  signal?.addEventListener('abort', onAbort)

  function onAbort(): void {
    engine.finish('aborted', abortReason(signal!))
  }

  /** A reason to rest has come or gone. */
  function onPause(): void {
    if (!pauses!.active()) {
      const left = verdict._notBefore - performance.now()
      if (engine.state !== 'paused') return
      if (left > 0) engine.wait(left)
      else engine.start()
    } else if (isLive() && !engine.decision) {
      if (engine.state !== 'waiting' && verdict._policy(engine.failure('network', 'Paused')) !== true) return
      engine.drop()
      engine.failures = 0
      engine.enter('paused')
    }
  }

  function isLive(): boolean {
    return !/paused|closed/.test(engine.state)
  }

  /** A body that ends before the event that `until` waits for was cut. */
  function errorOfEnd(): ConnectError | undefined {
    if (until && !delivery._last) return engine.failure('incomplete', 'The stream ended before its last event (until)')
  }

  function tell(change: StateChange): void {
    const onThrown = (cause: unknown): void => {
      const { state } = change
      const error = engine.failure('hook', 'onState threw', { cause })
      if (state === 'closed') lastThrown = error
      // If `onState` throws at each wait, another wait would not help: the connection fails.
      else if (state === 'connecting' || state === 'open') void engine.fail(error)
      else engine.finish('failed', error)
    }
    tellHook(() => options.onState?.(change), onThrown)
  }

  async function stop(): Promise<void> {
    delivery._discard()
    if (delivery._isDone) delivery._end()
    engine.finish('closed')
    await closed
  }

  const connection = {
    get state(): State {
      return engine.state
    },
    get lastEventId() {
      return delivery._lastEventId
    },
    get response() {
      return engine.response
    },
    opened,
    closed,
    next() {
      // What came before the end is not delivered once the signal is aborted.
      if (signal?.aborted && delivery._isDone && delivery._discard()) delivery._end({ error: abortReason(signal) })
      return delivery._next()
    },
    return(value?: unknown) {
      void stop()
      return Promise.resolve({ done: true, value })
    },
    reconnect() {
      if (!isLive()) return
      engine.failures = verdict._notBefore = 0
      engine.cause = undefined
      engine.start()
    },
    close: stop,
    [ASYNC_DISPOSE]: stop,
    [ASYNC_ITERATOR]() {
      return connection
    },
  }
  return connection as unknown as Connection<M>
}
