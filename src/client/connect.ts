import { ConnectError } from '../errors/connect-error.js'
import { ASYNC_DISPOSE } from '../streams/async-dispose.js'
import { MAX_DELAY } from '../wire/constants.js'
import { decodeData } from './decode.js'
import { createEngine } from './engine.js'
import { lastEventIdHeader } from './last-event-id.js'
import { readOptions } from './options.js'
import { makeRequest } from './request.js'
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
import { checkResponse, type Verdict, verdict } from './verdict.js'

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

  const { engine: settings, request, mode, method } = readOptions(url, options)
  const { decode, onInvalid = 'throw', until, retryIf, onState } = options
  const decoders = new Map(Object.entries(decode ?? {})) as Map<string, Decoder<Event['data']>>

  /** Parsed and not delivered yet: never more than one chunk brings. */
  const queue: Event[] = []
  let head = 0
  /** The last event of the queue ends the stream. */
  let sawLast = false
  let delivered = settings.lastEventId
  /** Not all that was parsed is to be delivered: `delivered` stays the position. */
  let isPartial = false
  let isDone = false
  let failure: { error: unknown } | undefined

  // Calls of `next` that find nothing wait in line; the first of them waits for the engine.
  let line: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let wake: (() => void) | undefined

  let open!: (response: Response) => void
  let refuse!: (error: unknown) => void
  let close!: (reason: CloseReason) => void
  const closed = new Promise<CloseReason>((resolve) => (close = resolve))
  const opened = new Promise<Response>((resolve, reject) => {
    open = resolve
    refuse = reject
  })
  opened.catch(() => {})

  const judge = (error?: ConnectError): Verdict => {
    const id = engine.lastEventId
    const { resume } = request
    const isResumable = id !== '' && !!resume && (resume !== 'header' || lastEventIdHeader(id) !== undefined)
    return verdict(mode, method, error, isResumable)
  }

  const engine = createEngine(settings, {
    request: (attempt) => makeRequest(request, attempt),
    fetch: options.fetch,
    check: (response, attempt) => checkResponse(response, attempt.number, Date.now()),
    async decide(error, attempt) {
      const answer = error && (await retryIf?.(error, attempt))
      if (answer === undefined) return judge(error)
      if (typeof answer === 'boolean') return answer ? 'retry' : 'fail'
      if (answer === 'end') return answer
      if (answer >= 0) return Math.min(answer, MAX_DELAY)
      throw new TypeError(`retryIf returned ${answer}, not a boolean, a delay, 'end' or undefined`)
    },
    onOpen: options.onOpen,
    onEvent(event, origin) {
      if (sawLast) return
      queue.push({ event: event.event, data: event.data, id: event.id, raw: event.data, origin } as Event)
      if (until?.(event)) sawLast = isPartial = true
    },
    onComment: options.onComment,
    onChunk() {
      if (head < queue.length) rouse()
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
      rouse()
    },
    hungry: () => wake !== undefined,
    mayPause: () => judge(new ConnectError('network', '')) === 'retry',
  })

  function rouse(): void {
    wake?.()
    wake = undefined
  }

  function discard(): void {
    isPartial ||= head < queue.length
    queue.length = head = 0
  }

  function shift(): Event {
    const event = queue[head++]!
    if (head === queue.length) queue.length = head = 0
    return event
  }

  function deliver(value: Event): Result {
    delivered = value.id
    if (sawLast && head === queue.length) engine.finish('end')
    return { done: false, value }
  }

  async function takeNext(): Promise<Result> {
    for (;;) {
      const event = queue[head]
      if (event) {
        const isValid = await decodeEvent(event)
        // Else it was thrown away in the meantime.
        if (queue[head] !== event) continue
        shift()
        if (isValid) return deliver(event)
        if (sawLast && head === queue.length) engine.finish('end')
      } else if (failure) {
        const { error } = failure
        failure = undefined
        throw error
      } else if (isDone) {
        return { done: true, value: undefined }
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve
          engine.pull()
        })
      }
    }
  }

  async function decodeEvent(event: Event): Promise<boolean> {
    const decoder = decoders.get(event.event)
    try {
      if (decoder) event.data = (await decodeData(decoder, event.raw)) as never
      return true
    } catch (cause) {
      const isMarker = sawLast && head === queue.length - 1
      if (queue[head] === event && !isMarker && onInvalid !== 'skip') refuseEvent(event, cause)
      return false
    }
  }

  function refuseEvent({ event, raw, id }: Event, cause: unknown): void {
    let error: ConnectError
    try {
      if (typeof onInvalid === 'function') return onInvalid({ event, data: raw, id }, cause)
      error = engine.failure('decode', `The data of event "${event}" is not valid`, cause)
    } catch (thrown) {
      error = engine.failure('hook', 'onInvalid threw', thrown)
    }
    discard()
    if (isDone) failure = { error }
    else engine.finish('failed', error)
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
      return isPartial || head < queue.length ? delivered : engine.lastEventId
    },
    get response() {
      return engine.response
    },
    opened,
    closed,
    next() {
      // Most events are there already: nothing to wait for, nothing to decode.
      if (head < queue.length && !decode && waiting === 0) return Promise.resolve(deliver(shift()))
      const leave = (): void => void waiting--
      const result = line.then(takeNext)
      line = result.then(leave, leave)
      waiting++
      return result
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
