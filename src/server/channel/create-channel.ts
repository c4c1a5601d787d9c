import { encode } from '../../encoder/encode.js'
import { check, checkOptions, type Rules } from '../../options/check-options.js'
import { isBoolean, isName, isString, milliseconds, reconnectionTime } from '../../options/rules.js'
import { atOnce } from '../async.js'
import { Exchange } from '../exchange.js'
import { checkNodePair, checkWebRequest } from '../handed.js'
import type { NodeRequest, NodeResponse } from '../node-types.js'
import { toJson } from '../stream-message.js'
import { authorize } from './admit.js'
import { ChannelClosedError } from './channel-closed-error.js'
import { type ChannelOptions, resolveChannelOptions } from './channel-options.js'
import { Door, type DoorOptions } from './door.js'
import { createHub, type Hub } from './hub.js'
import { createMemoryTransport } from './memory-transport.js'
import type { ChannelReader, Reader } from './reader.js'
import { hostScheduler } from './scheduler.js'
import type { Transport } from './transport.js'

/** The types of events and of their data, where a channel names none. */
export type ChannelEvents = Record<string, unknown>

/** Options of `publish`. */
export interface PublishOptions {
  /** For the readers of this topic alone. Default: for all. */
  topic?: string
  /** A reader that is `behind` is sent only the newest of the events of this type and topic with the same key. */
  conflateKey?: string
  /** For the readers of the moment: not kept, so it is not replayed. */
  ephemeral?: boolean
  /**
   * Makes it safe to publish again if it is not known whether the event was kept. As long as the history holds an event
   * with this key, `publish` gives the id of that one and publishes nothing. Not for an `ephemeral` event, which is not
   * kept.
   */
  key?: string
}

/** One stream of events for any number of readers. The code that created it owns it and closes it; any code may use it. */
export interface Channel<M = ChannelEvents, C = unknown> {
  /**
   * Sends an event to all readers, and keeps it for those who come back.
   *
   * Events have one order, that of the calls. The promise gives the event's id as soon as the event is
   * kept. It waits while more than 64 KiB wait to be written, so that a loop that awaits it does not
   * run ahead of the readers.
   *
   * Rejects, with nothing published: with a `TypeError` for what JSON or the format cannot carry and for
   * options that do not exist or make no sense; with the code `ERR_CHANNEL_CLOSED` after `close()` is
   * done; with the error of the transport. Each failure is also told to `onError`. A rejection that
   * nobody awaits does no harm.
   */
  publish<K extends keyof M & string>(event: K, data: M[K], options?: PublishOptions): Promise<string>
  /**
   * Answers a web request. Rejects only where it is given something else, which says what to pass. May be passed on
   * without the channel.
   */
  readonly fetch: (request: Request) => Promise<Response>
  /**
   * Answers a Node request, also of HTTP/2 (its compatibility API). Headers set before stay. Resolves when
   * the answer has begun. Rejects only where it is given something else, which says what to pass. May be passed on without
   * the channel.
   */
  readonly node: (req: NodeRequest, res: NodeResponse) => Promise<void>
  /** The connections that are open now, the oldest first. A view that may be kept, and walked while they come and go. */
  readonly readers: Iterable<ChannelReader<C>>
  /** How many there are. */
  readonly connections: number
  /**
   * Refuses newcomers (see `refusal`) and ends the connections, spread over `drain` milliseconds (default 0: at once). What
   * was published before reaches them. Each reader is told to come back `retry`
   * milliseconds (default 0) after the end of the drain: the time that the next process is expected to need.
   *
   * Resolves when all have ended and the transport is closed. The HTTP server stays the caller's to close; HTTP/2
   * sessions that brought readers are closed, as soon as nothing is under way on them. Further calls give the same promise.
   */
  close(options?: { drain?: number; retry?: number }): Promise<void>
}

const PUBLISH_RULES: Rules = { topic: isName, conflateKey: isString, ephemeral: isBoolean, key: isName }
const CLOSE_RULES: Rules = { drain: milliseconds, retry: reconnectionTime }

/**
 * Makes a channel: publishes events to any number of readers, each of which gets every event that is for
 * it exactly once and in order, however often its connection is cut, or the gap event where the history
 * no longer reaches back.
 *
 * Starts no timer and opens nothing before the first reader.
 *
 * @throws {OptionError} for options that do not exist or make no sense.
 *
 * @example
 * ```ts
 * import { createChannel } from 'eventwire/server'
 *
 * const channel = createChannel<{ price: { symbol: string; value: number } }>()
 * const response = await channel.fetch(new Request('http://localhost/prices'))
 * await channel.publish('price', { symbol: 'ABC', value: 42 })
 * await channel.close()
 *
 * const text = await response.text()
 * text.includes('data: {"symbol":"ABC","value":42}\n') // => true
 * ```
 */
export function createChannel<M = ChannelEvents, C = unknown>(options: ChannelOptions<M, C> = {}): Channel<M, C> {
  const settings = resolveChannelOptions(options)
  const { report } = settings
  let made: { transport: Transport; hub: Hub; door: Door } | undefined
  let closing: Promise<void> | undefined
  let isClosed = false

  // Made when first needed: some hosts give no time and no random numbers while modules load.
  const parts = (): { transport: Transport; hub: Hub; door: Door } => {
    if (made) return made
    const epoch = Date.now().toString(36) + Math.floor(hostScheduler.random() * 36 ** 4).toString(36)
    const transport = options.transport ?? createMemoryTransport(settings.history, hostScheduler.now, epoch)
    const reauthorize = async (reader: Reader): Promise<boolean> => {
      const answer = await authorize(options, reader.request)
      if ('refusal' in answer) return false
      reader.context = answer.context
      return true
    }
    const hub = createHub(settings, { transport, scheduler: hostScheduler, reauthorize })
    const door = new Door(options as unknown as DoorOptions, settings, hub)
    return (made = { transport, hub, door })
  }

  const publish = async (event: keyof M & string, data: M[keyof M], given?: PublishOptions): Promise<string> => {
    checkOptions(given, PUBLISH_RULES)
    // It is not kept, so that nothing could tell that it was there.
    check('key', !(given?.ephemeral && given.key !== undefined), 'cannot be given to an ephemeral event')
    const json = options.serialize !== undefined || typeof data !== 'string'
    const text = options.serialize
      ? atOnce('serialize', options.serialize(data as never, event))
      : json
        ? toJson(data)
        : (data as string)
    // Refuses what cannot be written, before the transport has it.
    encode({ event: event ?? (null as never), data: text })
    if (isClosed) throw new ChannelClosedError('The channel is closed.')
    const { transport, hub } = parts()
    const id = await transport.publish({ ...given, event, data: text, json })
    hub.acts.tell('published', event, given?.topic)
    await hub.room()
    return id
  }

  const shutDown = async (drain: number, restart: number): Promise<void> => {
    const { transport, hub, door } = parts()
    door.shut(drain, restart)
    await hub.close(drain, restart)
    isClosed = true
    door.endSessions()
    await transport.close()
  }

  return {
    publish(event, data, publishOptions) {
      const published = publish(event, data, publishOptions)
      published.catch(report)
      return published
    },
    async fetch(request) {
      checkWebRequest(request)
      const exchange = new Exchange(request, undefined, settings.head)
      await parts().door.enter(exchange)
      return exchange.response!
    },
    async node(req, res) {
      checkNodePair(req, res)
      const { hub, door } = parts()
      await hub.gate()
      const exchange = new Exchange(req, res, settings.head)
      try {
        await door.enter(exchange)
      } catch (error) {
        report(error)
        exchange.destroy()
      }
    },
    readers: {
      [Symbol.iterator]: () => (made?.hub.readers.all() ?? new Set())[Symbol.iterator]() as Iterator<ChannelReader<C>>,
    },
    get connections() {
      return made?.hub.readers.size ?? 0
    },
    async close(closeOptions) {
      checkOptions(closeOptions, CLOSE_RULES)
      closing ??= shutDown(closeOptions?.drain ?? 0, closeOptions?.retry ?? 0)
      return closing
    },
  }
}
