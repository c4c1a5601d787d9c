import type { ConnectError } from '../errors/connect-error.js'
import { EventQueue } from '../streams/event-queue.js'
import { isLast, tellHook } from '../streams/hook.js'
import type { ServerSentEvent } from '../wire/types.js'
import { type Decoding, decodings } from './decode.js'
import type { Engine } from './engine-types.js'
import { callHook, type HookFailure } from './hook.js'
import type { ConnectOptions } from './types.js'

type Item = ServerSentEvent & { raw: string; origin: string; key?: string }

/** What of the options says what is delivered, and how. */
export type DeliveryOptions = Pick<
  ConnectOptions,
  'decode' | 'onInvalid' | 'until' | 'position' | 'onComment' | 'onIgnored'
>

/** What a connection has received, from the engine to the loop; and where the stream is to be resumed from. */
export class Delivery {
  /** The last event of the stream has been read. */
  _last: Item | boolean = false
  /** Where to resume: the id of the last block that was parsed, or what `position` said. */
  _position: string
  /** The engine is closed. */
  _isDone = false
  private readonly _options: DeliveryOptions
  private readonly _engine: Engine
  private readonly _queue: EventQueue<Item>
  private readonly _decodingOf: ((type: string) => Decoding | undefined) | undefined
  /** How the events of the queue are decoded, and where to resume after them, if that is not their id. */
  private readonly _details = new Map<Item, { decoding?: Decoding | undefined; position?: string | undefined }>()
  /** Where to resume after the last event that was delivered, its id, and the attempt that brought it. */
  private _delivered: string
  private _deliveredId: string
  private _deliveredBy: Engine['work'] | undefined
  /** Events were thrown away: the position is that of the last one delivered. */
  private _isCutShort = false
  /** What stood before the id of the event at hand: put back if the event fails. */
  private _before: [position: string, id: string, isFruitful: boolean | undefined] | undefined

  /** @param onEmpty nothing is left, and the loop waits: reads on. */
  constructor(options: DeliveryOptions, engine: Engine, onEmpty: () => void) {
    this._options = options
    this._engine = engine
    this._deliveredId = this._delivered = this._position = engine.lastEventId
    this._decodingOf = options.decode && decodings(options.decode)
    this._queue = new EventQueue<Item>({
      onEmpty,
      prepare: this._decodingOf && ((item) => this._decode(item)),
      onTaken: (item) => {
        this._delivered = (this._details.size > 0 ? this._details.get(item)?.position : undefined) ?? item.id
        this._deliveredId = item.id
        this._deliveredBy = engine.work
        this._details.delete(item)
        if (!this._queue.isEmpty) return
        this._delivered = this._position
        if (this._last) engine.finish('end')
      },
    })
  }

  /** The id of the last event that was delivered. */
  get _lastEventId(): string {
    return this._isCutShort || !this._queue.isEmpty ? this._delivered : this._position
  }

  _takeId(id: string): void {
    const { work, lastEventId } = this._engine
    this._before = [this._position, lastEventId, work.isFruitful]
    this._position = id
  }

  /** Takes an event. Says whether it is the last one. @throws {ConnectError} for what a function of the options threw. */
  _add(event: ServerSentEvent, origin: string): boolean {
    const { data } = event
    const options = this._options
    const engine = this._engine
    const before = this._before
    this._before = undefined
    let isEnd: boolean
    let place: string | undefined
    try {
      isEnd = callHook('until', () => isLast(options, event))
      place = options.position && callHook('position', () => positionOf(options.position!(event)))
    } catch (thrown) {
      // An event whose function threw does not count as received: the next attempt asks for it again.
      if (before) [this._position, engine.lastEventId, engine.work.isFruitful] = before as [string, string, boolean]
      const { hook, cause } = thrown as HookFailure
      throw engine.failure('hook', `${hook} threw`, { cause, event })
    }
    const item: Item = { event: event.event, data, id: event.id, raw: data, origin }
    const decoding = this._decodingOf?.(event.event)
    this._last = isEnd && item
    this._position = place ?? this._position
    if (this._decodingOf && !decoding) return isEnd
    if (decoding?.key !== undefined) item.key = decoding.key
    const position = options.position && this._position
    if (decoding || position !== undefined) this._details.set(item, { decoding, position })
    this._queue.push(item)
    return isEnd
  }

  /** A function of the options that is told of something between events: when those before it have been delivered. */
  _inOrder(name: 'onComment' | 'onIgnored', text: string): void {
    const onThrown = (cause: unknown): void => {
      void this._refuse(this._engine.failure('hook', `${name} threw`, { cause }))
    }
    this._queue.note(() => tellHook(() => this._options[name]!(text), onThrown))
  }

  /** Delivers what was received. */
  _serve(): void {
    if (this._isDone) return
    if (this._last && this._queue.isEmpty) this._engine.finish('end')
    else this._queue.serve()
  }

  _next(): Promise<IteratorResult<unknown, undefined>> {
    return this._queue.next()
  }

  /** Nothing more comes: what is there is still delivered, then `failure` is thrown. */
  _end(failure?: { error: unknown }): void {
    this._isDone = true
    this._queue.end(failure)
  }

  /** Throws away what was not delivered. Says whether there was anything. */
  _discard(): boolean {
    const { isEmpty } = this._queue
    this._isCutShort ||= !isEmpty
    this._details.clear()
    this._queue.discard()
    return !isEmpty
  }

  private async _decode(item: Item): Promise<boolean> {
    const { event, raw: data, id } = item
    try {
      item.data = (await this._details.get(item)!.decoding!.decode({ event, data, id })) as string
      return true
    } catch (cause) {
      // An end marker that does not decode just ends the stream.
      if (this._details.has(item) && item !== this._last) await this._onUndecoded({ event, data, id }, cause)
      return false
    }
  }

  private async _onUndecoded(event: ServerSentEvent, cause: unknown): Promise<void> {
    const { onInvalid } = this._options
    const { failure } = this._engine
    if (onInvalid === 'skip') return
    if (typeof onInvalid !== 'function') {
      return this._refuse(failure('decode', `The data of event "${event.event}" is not valid`, { cause, event }))
    }
    try {
      // Its promise, if it gives one, must not be left alone.
      await (onInvalid(event, cause) as unknown)
    } catch (thrown) {
      await this._refuse(failure('hook', 'onInvalid threw', { cause: thrown, event }))
    }
  }

  /** What was received cannot be delivered. */
  private async _refuse(error: ConnectError): Promise<void> {
    if (this._isDone) this._queue.end({ error })
    else if (error.kind !== 'hook') this._engine.finish('failed', error)
    else {
      // Only for an event: what lies behind a comment has been received all the same.
      if (error.event) this._rewind()
      await this._engine.fail(error)
    }
    if (this._isDone) this._discard()
  }

  /** What was read and not delivered does not count as received: the next attempt asks for it again. Without ids it could not. */
  private _rewind(): void {
    const engine = this._engine
    if (this._queue.isEmpty || this._position === this._delivered) return
    this._position = this._delivered
    engine.lastEventId = this._deliveredId
    engine.work.isFruitful = this._deliveredBy === engine.work
    this._last = false
    this._details.clear()
    this._queue.discard()
  }
}

function positionOf(given: unknown): string | undefined {
  if (given === undefined || (typeof given === 'string' && !/[\0\r\n]/.test(given))) return given
  throw new TypeError(`it gave ${String(given)}, not a string of one line or undefined`)
}
