import type { ConnectError } from '../errors/connect-error.js'
import { abortReason } from '../streams/abort-reason.js'
import { ASYNC_DISPOSE } from '../streams/async-dispose.js'
import { EventQueue } from '../streams/event-queue.js'
import { lastEventIdHeader } from './last-event-id-header.js'
import type { ServerSentEvent } from '../wire/types.js'
import { clampHint } from './backoff.js'
import { type Decoding, decodings } from './decode.js'
import { createEngine } from './engine.js'
import type { Decision } from './engine-types.js'
import { askHook, callHook, HookFailure } from './hook.js'
import { readOptions } from './options.js'
import { watchPauses } from './pause.js'
import { makeRequest } from './request.js'
import { retryPolicy } from './retry-policy.js'
import { afterTurn, type IdleWatch, watchIdle } from './timers.js'
import type {
  Attempt,
  CloseReason,
  ConnectOptions,
  Connection,
  DecodedMap,
  Decoder,
  DecoderMap,
  EventMap,
  StateChange,
} from './types.js'

/**
 * Connects to an event stream and stays connected: it retries, resumes and ends as the options and the
 * standard have it (WHATWG HTML 9.2).
 *
 * It connects at once. The result is an async iterator for one consumer, and the body is read only as fast as it
 * is iterated. The caller lets go: `break`, `close()`, `await using` and the `signal` release everything,
 * at any time, and nothing is delivered after. Calls of `next()` may overlap; they are served in order.
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
  type Item = ServerSentEvent & { raw: string; origin: string; key?: string }

  const settings = readOptions(url, options)
  const { onInvalid, pause, signal, retryIf } = options
  const { resume, retryHint, openTimeout, idleTimeout, mode, method } = settings
  const decodingOf = options.decode && decodings(options.decode)

  /** How the events of the queue are decoded, and where to resume after them, if that is not their id. */
  const details = new Map<Item, { decoding?: Decoding | undefined; position?: string | undefined }>()
  /** The last event of the stream has been read. */
  let last: Item | true | undefined
  /** Where to resume after the last event that was delivered. */
  let delivered = settings.lastEventId
  /** Events were thrown away: the position is that of the last one delivered. */
  let isCutShort = false
  let isDone = false
  let usedMethod = method
  let stopOpening: (() => void) | undefined
  let idle: IdleWatch | undefined

  let open!: (response: Response) => void
  let refuse!: (error: unknown) => void
  let close!: (reason: CloseReason) => void
  const closed = new Promise<CloseReason>((resolve) => (close = resolve))
  const opened = new Promise<Response>((resolve, reject) => {
    open = resolve
    refuse = reject
  })
  opened.catch(() => {})

  const queue = new EventQueue<Item>({
    onEmpty() {
      idle?.begin()
      engine.pull()
    },
    prepare: decodingOf && decodeItem,
    onTaken(item) {
      delivered = (details.size > 0 && details.get(item)?.position) || item.id
      details.delete(item)
      if (queue.isEmpty) {
        delivered = engine.lastEventId
        if (last) engine.finish('end')
      }
    },
  })

  const engine = createEngine(settings, {
    async request(attempt) {
      if (openTimeout) {
        const onTime = (): void => {
          void engine.fail(engine.failure('open-timeout', `No answer within ${openTimeout} ms, which is openTimeout`))
        }
        stopOpening?.()
        stopOpening = afterTurn(openTimeout, onTime)
      }
      const request = await makeRequest(settings, attempt, resume)
      usedMethod = (request[1].method ?? 'GET').toUpperCase()
      return request
    },
    onOpen(response, attempt) {
      stopOpening?.()
      if (options.onOpen) return askHook('onOpen', () => options.onOpen!(response, attempt))
    },
    errorOfEnd(error) {
      if (!options.until || last || (error && error.status !== 204) || error?.kind === 'incomplete') return
      return engine.failure('incomplete', 'The stream ended before its last event, which until waits for')
    },
    decide,
    onEvent,
    onComment: inOrder('onComment'),
    onIgnored: inOrder('onIgnored'),
    onReady() {
      idle?.end()
      if (isDone) return
      if (last && queue.isEmpty) engine.finish('end')
      else queue.serve()
    },
    onState(state, delay, error) {
      if (state !== 'connecting') stopOpening?.()
      idle?.stop()
      idle = undefined
      if (state === 'open') {
        if (idleTimeout) {
          idle = watchIdle(idleTimeout, () => {
            void engine.fail(engine.failure('idle', `No byte for ${idleTimeout} ms, which is idleTimeout`))
          })
        }
        open(engine.response!)
      }
      const change: StateChange = { state, ...(delay !== undefined && { delay }), ...(error && { error }) }
      if (options.onState) callHook('onState', () => options.onState!(change))
    },
    onClosed(reason, error) {
      isDone = true
      pauses?.stop()
      if (reason === 'aborted') discard()
      close(reason)
      refuse(error ?? engine.failure('network', 'The connection was closed before it opened'))
      queue.end(reason === 'failed' || reason === 'aborted' ? { error } : undefined)
    },
    isPaused: () => !!pauses?.active(),
  })

  const pauses = pause?.length
    ? watchPauses(pause, () => {
        if (!pauses!.active()) engine.wake()
        else if (engine.state === 'waiting' || policy(engine.failure('network', 'Paused')) === true) engine.rest()
      })
    : undefined

  function policy(error: ConnectError | undefined): boolean | 'end' {
    const id = engine.lastEventId
    const isCarried = resume !== 'header' || lastEventIdHeader(id) !== undefined
    const isResumable = !!id && settings.isResumeGiven && isCarried
    return retryPolicy({ mode, method, usedMethod, error, isResumable })
  }

  async function decide(error: ConnectError | undefined, attempt: Attempt, isFutile: boolean): Promise<Decision> {
    stopOpening?.()
    idle?.stop()
    if (last) return 'end'
    if (error && retryIf && !(error.status === 204 && error.kind === 'http')) {
      const answer = await askHook('retryIf', () => retryIf.call(options, error, attempt))
      if (
        typeof answer === 'number'
          ? !(answer >= 0)
          : !(answer === undefined || answer === 'end' || typeof answer === 'boolean')
      ) {
        const wrong = new TypeError(`it gave ${String(answer)}, not a boolean, a delay, 'end' or undefined`)
        throw new HookFailure('retryIf', wrong)
      }
      if (answer !== undefined && answer !== true) return answer
      if (answer) return afterRefusal(error)
    }
    if (isFutile) return false
    const next = policy(error)
    return next === true ? afterRefusal(error) : next
  }

  /** Another attempt, not before the server wants one. */
  function afterRefusal(error?: ConnectError): Decision {
    const asked = error?.retryAfter
    return retryHint && asked !== undefined ? { atLeast: clampHint(asked, retryHint) } : true
  }

  function onEvent(event: ServerSentEvent, origin: string): boolean | string | void {
    const { data } = event
    const isLast = options.until && callHook('until', () => options.until!(event))
    const position = options.position && callHook('position', () => positionOf(event))
    const item: Item = { event: event.event, data, id: event.id, raw: data, origin }
    const decoding = decodingOf?.(event.event)
    if (isLast) last = item
    if (decodingOf && !decoding) return isLast || position
    if (decoding?.key !== undefined) item.key = decoding.key
    if (decoding || position !== undefined) details.set(item, { decoding, position })
    queue.push(item)
    return isLast || position
  }

  function positionOf(event: ServerSentEvent): string | undefined {
    const position: unknown = options.position!(event)
    if (position === undefined || (typeof position === 'string' && !/[\0\r\n]/.test(position))) return position
    throw new TypeError(`it gave ${String(position)}, not a string of one line or undefined`)
  }

  /** A function of the options that is told of something between events: when those before it have been delivered. */
  function inOrder(name: 'onComment' | 'onIgnored'): ((text: string) => void) | undefined {
    if (!options[name]) return
    return (text) =>
      queue.note(() => {
        try {
          callHook(name, () => options[name]!(text))
        } catch (thrown) {
          void refuseItem(engine.failure('hook', `${name} threw`, (thrown as HookFailure).cause))
        }
      })
  }

  function discard(): void {
    isCutShort ||= !queue.isEmpty
    details.clear()
    queue.discard()
  }

  async function decodeItem(item: Item): Promise<boolean> {
    const { event, raw: data, id } = item
    try {
      item.data = (await details.get(item)!.decoding!.decode({ event, data, id })) as string
      return true
    } catch (cause) {
      // An end marker that does not decode just ends the stream.
      if (details.has(item) && item !== last) await onUndecoded({ event, data, id }, cause)
      return false
    }
  }

  async function onUndecoded(event: ServerSentEvent, cause: unknown): Promise<void> {
    try {
      if (onInvalid === 'skip') return
      if (typeof onInvalid === 'function') return void callHook('onInvalid', () => onInvalid(event, cause))
      await refuseItem(engine.failure('decode', `The data of event "${event.event}" is not valid`, cause, event))
    } catch (thrown) {
      await refuseItem(engine.failure('hook', 'onInvalid threw', (thrown as HookFailure).cause, event))
    }
  }

  /** What was received cannot be delivered. */
  async function refuseItem(error: ConnectError): Promise<void> {
    if (isDone) queue.end({ error })
    else if (error.kind === 'hook') await engine.fail(error)
    else engine.finish('failed', error)
    if (isDone) discard()
  }

  async function stop(): Promise<void> {
    discard()
    if (isDone) queue.end()
    engine.finish('closed')
    await closed
  }

  const connection = {
    get state() {
      return engine.state
    },
    get lastEventId() {
      return isCutShort || !queue.isEmpty ? delivered : engine.lastEventId
    },
    get response() {
      return engine.response
    },
    opened,
    closed,
    next() {
      if (isDone && !queue.isEmpty && signal?.aborted) {
        discard()
        queue.end({ error: abortReason(signal) })
      }
      return queue.next() as Promise<IteratorResult<unknown, undefined>>
    },
    return(value?: unknown) {
      void stop()
      return Promise.resolve({ done: true, value })
    },
    reconnect: engine.reconnect,
    close: stop,
    [ASYNC_DISPOSE]: stop,
    [Symbol.asyncIterator]() {
      return connection
    },
  }
  return connection as unknown as Connection<M>
}
