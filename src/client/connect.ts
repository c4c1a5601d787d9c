import type { ConnectError } from '../errors/connect-error.js'
import { ASYNC_DISPOSE } from '../streams/async-dispose.js'
import { decodeData } from './decode.js'
import { createEngine } from './engine.js'
import { lastEventIdHeader } from './last-event-id.js'
import { readOptions } from './options.js'
import { watchPauses } from './pause.js'
import type {
  CloseReason,
  ConnectOptions,
  Connection,
  DecodedMap,
  Decoder,
  Decoders,
  EventMap,
  TypedEvent,
} from './types.js'
import { verdict } from './verdict.js'

/**
 * Connects to an event stream and stays connected: it retries, resumes and ends as the options and the
 * standard have it (WHATWG HTML 9.2).
 *
 * It connects at once. The result is an async iterator for one consumer, and the body is read only as fast as it
 * is iterated. Whoever connects lets go: `break`, `close()`, `await using` and the `signal` release everything,
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
export function connect<D extends Decoders>(
  url: string | URL,
  options: Omit<ConnectOptions, 'decode'> & { decode: D },
): Connection<DecodedMap<D>>
export function connect<M = EventMap>(url: string | URL, options?: ConnectOptions<M>): Connection<M>
export function connect<M>(url: string | URL, options: ConnectOptions<M> = {}): Connection<M> {
  type Event = TypedEvent<M>
  type Result = IteratorResult<Event, undefined>
  type Waiter = [resolve: (result: Result) => void, reject: (error: unknown) => void]

  const settings = readOptions(url, options)
  const { decode, onInvalid, until, onState, pause, signal } = options

  // Parsed and not delivered yet: never more than one chunk brings. A ring would never wrap: it is read empty first.
  const queue: (Event | undefined)[] = []
  let head = 0
  let tail = 0
  /** Calls of `next()` that nothing was there for, oldest first. */
  const waiters: Waiter[] = []
  /** The first event of the queue is being decoded. */
  let isDecoding = false
  /** The last event of the queue ends the stream. */
  let sawLast = false
  let lastEventId = settings.lastEventId
  let isDone = false
  let failure: { error: unknown } | undefined

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
    judge(error) {
      const { mode, method, resume } = settings
      const id = engine.lastEventId
      const isResumable = id && resume && (resume !== 'header' || lastEventIdHeader(id) !== undefined)
      return verdict(mode, method, error, !!isResumable)
    },
    onEvent(event, origin) {
      const { data } = event
      queue[tail++] = { event: event.event, data, id: event.id, raw: data, origin } as Event
      return (sawLast = !!until?.(event))
    },
    onReady() {
      if (isDone) return
      // An id without data is a position too.
      if (head === tail) lastEventId = engine.lastEventId
      serve()
    },
    onState(state, delay, error) {
      if (state === 'open') open(engine.response!)
      onState?.({ state, ...(delay !== undefined && { delay }), ...(error && { error }) })
    },
    onClosed(reason, error) {
      isDone = true
      if (reason === 'aborted') discard()
      if (reason === 'failed' || reason === 'aborted') failure = { error }
      close(reason)
      refuse(error ?? engine.failure('network', 'The connection was closed before it opened.'))
      serve()
    },
    watch: pause && ((onChange) => watchPauses(pause, onChange)),
  })

  function discard(): void {
    isDecoding = false
    queue.length = head = tail = 0
  }

  /** The first event of the queue, delivered. */
  function take(): Result {
    const value = queue[head]!
    queue[head++] = undefined
    lastEventId = value.id
    if (head === tail) {
      head = tail = 0
      lastEventId = engine.lastEventId
      if (sawLast) engine.finish('end')
    }
    return { done: false, value }
  }

  /** Answers calls of `next()` with what is there, and reads on for those that are left. */
  function serve(): void {
    while (waiters.length && !isDecoding) {
      if (head < tail) {
        const { event } = queue[head]!
        if (decode && Object.hasOwn(decode, event)) void decodeFirst(decode[event as keyof M])
        else waiters.shift()![0](take())
      } else if (failure) {
        const { error } = failure
        failure = undefined
        waiters.shift()![1](error)
      } else if (isDone) {
        waiters.shift()![0]({ done: true, value: undefined })
      } else {
        return engine.pull()
      }
    }
  }

  async function decodeFirst(decoder: Decoder<M[keyof M]>): Promise<void> {
    const event = queue[head]!
    let isValid = false
    isDecoding = true
    try {
      event.data = (await decodeData(decoder, event.raw)) as never
      isValid = true
    } catch (cause) {
      // An end marker that does not decode just ends the stream.
      if (queue[head] === event && !(sawLast && head === tail - 1)) await refuseEvent(event, cause)
    }
    // Else it was thrown away in the meantime.
    if (queue[head] === event) {
      isDecoding = false
      const [resolve] = isValid ? waiters.shift()! : []
      const result = take()
      resolve?.(result)
    }
    serve()
  }

  async function refuseEvent({ event, raw, id }: Event, cause: unknown): Promise<void> {
    let error: ConnectError
    try {
      if (onInvalid === 'skip') return
      if (typeof onInvalid === 'function') return onInvalid({ event, data: raw, id }, cause)
      error = engine.failure('decode', `The data of event "${event}" is not valid`, cause)
    } catch (thrown) {
      error = engine.failure('hook', 'onInvalid threw', thrown)
    }
    if (isDone) failure = { error }
    else if (error.kind === 'hook') await engine.settle(error)
    else engine.finish('failed', error)
    if (isDone) discard()
  }

  async function stop(): Promise<void> {
    discard()
    failure = undefined
    engine.finish('closed')
    await closed
  }

  return {
    get state() {
      return engine.state
    },
    get lastEventId() {
      return lastEventId
    },
    get response() {
      return engine.response
    },
    opened,
    closed,
    next() {
      if (isDone && head < tail && signal?.aborted) {
        discard()
        failure = { error: signal.reason }
      }
      // Most events are there already: nothing to wait for, nothing to decode.
      if (head < tail && !decode && !waiters.length) return Promise.resolve(take())
      return new Promise((resolve, reject) => {
        waiters.push([resolve, reject])
        serve()
      })
    },
    return(value) {
      void stop()
      return Promise.resolve({ done: true, value })
    },
    reconnect: engine.reconnect,
    close: stop,
    [ASYNC_DISPOSE]: stop,
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
