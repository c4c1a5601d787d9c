import { ConnectError } from '../errors/connect-error.js'
import { ASYNC_DISPOSE } from '../streams/async-dispose.js'
import { type Decoded, decodeData } from './decode.js'
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
import { checkResponse, verdict } from './verdict.js'

/**
 * Connects to an event stream and keeps connected, as the options say. The result is one async
 * iterator, for one consumer.
 *
 * It connects at once, and reads the body only as fast as it is iterated. `break`, `close()`,
 * `await using` and the `signal` release everything.
 *
 * @throws {OptionError} for a URL or an option that makes no sense. All that happens later is a
 * `ConnectError`, thrown by the loop.
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
  const { decode, onInvalid = 'throw', until, retryIf } = options
  const decoders = new Map(Object.entries(decode ?? {})) as Map<string, Decoder<Event['data']>>

  /** Parsed and not delivered yet: never more than one chunk brings. */
  const queue: Event[] = []
  let head = 0
  /** Calls of `next` that wait. */
  const waiters: { resolve(result: Result): void; reject(error: unknown): void }[] = []
  /** The event in the hands of an asynchronous decoder; those behind it wait their turn. */
  let decoding: Event | undefined
  /** The last event of the queue ends the stream. */
  let sawLast = false
  let delivered = settings.lastEventId
  /** What was parsed is not all to be delivered: `delivered` stays the position. */
  let dropped = false
  let done = false
  let failure: { error: unknown } | undefined

  let open!: (response: Response) => void
  let refuse!: (error: unknown) => void
  let close!: (reason: CloseReason) => void
  const opened = new Promise<Response>((resolve, reject) => {
    open = resolve
    refuse = reject
  })
  opened.catch(() => {})
  const closed = new Promise<CloseReason>((resolve) => (close = resolve))

  const resumable = (): boolean => {
    const id = engine.lastEventId
    return id !== '' && !!request.resume && (request.resume !== 'header' || lastEventIdHeader(id) !== undefined)
  }

  const engine = createEngine(settings, {
    request: (attempt) => makeRequest(request, attempt),
    fetch: options.fetch,
    check: (response, attempt) => checkResponse(response, attempt.number, Date.now()),
    async decide(error, attempt) {
      const answer = error && (await retryIf?.(error, attempt))
      if (answer === undefined) return verdict(mode, method, error, resumable())
      if (typeof answer === 'boolean') return answer ? 'retry' : 'fail'
      if (answer === 'end' || answer >= 0) return answer
      throw new TypeError(`retryIf returned ${answer}, which is neither a boolean, a delay nor 'end'`)
    },
    onOpen: (response, attempt) => options.onOpen?.(response, attempt),
    onEvent(event, origin) {
      if (sawLast) return
      queue.push({ event: event.event, data: event.data, id: event.id, raw: event.data, origin } as Event)
      if (until?.(event)) sawLast = dropped = true
    },
    onComment: options.onComment,
    onChunk: deliver,
    onState(state, delay, error) {
      if (state === 'open') open(engine.response!)
      options.onState?.({ state, ...(delay !== undefined && { delay }), ...(error && { error }) })
    },
    onClosed(reason, error) {
      done = true
      if (reason === 'aborted') discard()
      if (reason === 'failed' || reason === 'aborted') failure = { error }
      close(reason)
      refuse(error ?? new DOMException('The connection was closed before it opened.', 'AbortError'))
      deliver()
    },
    hungry: () => waiters.length > 0 && head === queue.length && !sawLast && !decoding,
    mayPause: () => verdict(mode, method, new ConnectError('network', ''), resumable()) === 'retry',
  })

  function discard(): void {
    dropped ||= head < queue.length || !!decoding
    queue.length = head = 0
    decoding = undefined
  }

  function take(): Event {
    const event = queue[head++]!
    if (head === queue.length) queue.length = head = 0
    return event
  }

  function isLast(): boolean {
    return sawLast && head === queue.length
  }

  function result(value: Event): Result {
    delivered = value.id
    if (isLast()) engine.finish('end')
    return { done: false, value }
  }

  /** Serves the calls of `next` that wait, as far as there is something to serve. */
  function deliver(): void {
    while (waiters.length > 0 && !decoding) {
      if (head < queue.length) {
        const event = take()
        const decoder = decoders.get(event.event)
        if (decoder) decodeAndPass(event, decoder)
        else waiters.shift()!.resolve(result(event))
      } else if (!done) {
        return engine.pull()
      } else if (failure) {
        waiters.shift()!.reject(failure.error)
        failure = undefined
      } else {
        waiters.shift()!.resolve({ done: true, value: undefined })
      }
    }
  }

  function decodeAndPass(event: Event, decoder: Decoder<Event['data']>): void {
    const pass = ({ value }: Decoded<Event['data']>): void => {
      event.data = value as never
      waiters.shift()!.resolve(result(event))
    }
    try {
      const decoded = decodeData(decoder, event.raw)
      if (!('then' in decoded)) return pass(decoded)
      const later = <T>(then: (outcome: T) => void): ((outcome: T) => void) => {
        return (outcome) => {
          if (decoding !== event) return
          decoding = undefined
          then(outcome)
          deliver()
        }
      }
      decoding = event
      decoded.then(
        later(pass),
        later((error) => refuseEvent(event, error)),
      )
    } catch (error) {
      refuseEvent(event, error)
    }
  }

  function refuseEvent(event: Event, cause: unknown): void {
    if (isLast()) return engine.finish('end')
    if (onInvalid === 'skip') return
    const details = { cause, response: engine.response }
    try {
      if (onInvalid !== 'throw') return onInvalid({ event: event.event, data: event.raw, id: event.id }, cause)
      fail(new ConnectError('decode', `Data of event "${event.event}" is not valid: ${String(cause)}`, details))
    } catch (error) {
      fail(new ConnectError('hook', `onInvalid threw: ${String(error)}`, { ...details, cause: error }))
    }
  }

  function fail(error: ConnectError): void {
    discard()
    dropped = true
    if (done) failure = { error }
    else engine.finish('failed', error)
  }

  function stop(): void {
    discard()
    failure = undefined
    engine.finish('closed')
    deliver()
  }

  return {
    get state() {
      return engine.state
    },
    get lastEventId() {
      return dropped || decoding || head < queue.length ? delivered : engine.lastEventId
    },
    get response() {
      return engine.response
    },
    opened,
    closed,
    next() {
      // Most events are there already: nothing to wait for, nothing to decode.
      if (head < queue.length && !decode && waiters.length === 0) return Promise.resolve(result(take()))
      return new Promise((resolve, reject) => {
        waiters.push({ resolve, reject })
        deliver()
      })
    },
    return(value) {
      stop()
      return Promise.resolve({ done: true, value })
    },
    reconnect: engine.reconnect,
    async close() {
      stop()
      await closed
    },
    async [ASYNC_DISPOSE]() {
      stop()
      await closed
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
