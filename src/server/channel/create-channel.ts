import { encode } from '../../encoder/encode.js'
import { EncodeError } from '../../errors/encode-error.js'
import { MAX_DELAY } from '../../wire/constants.js'
import { checkOptions, numberOf } from '../check-options.js'
import type { Rule } from '../check-options.js'
import { eventRequestOf, hasUnusableLastEventId } from '../event-request.js'
import type { EventRequest } from '../event-request.js'
import { createNodeSink, isNodeReaderGone } from '../node-sink.js'
import type { NodeRequest, NodeResponse } from '../node-types.js'
import { streamFields, webHeaders, writeHead } from '../response-head.js'
import { toJson } from '../stream-message.js'
import { createWebSink } from '../web-sink.js'
import type { Sink } from '../sink.js'
import { admit, isResponse, type Admission } from './admit.js'
import { ChannelClosedError } from './channel-closed-error.js'
import { type ChannelOptions, isName, resolveChannelOptions } from './channel-options.js'
import { createGate } from './gate.js'
import { createHub } from './hub.js'
import type { Hub } from './hub-types.js'
import { createMemoryTransport } from './memory-transport.js'
import { Reader } from './reader.js'
import { hostScheduler } from './scheduler.js'
import { sendResponse } from './send-response.js'
import type { Transport } from './transport.js'

/** The types of events and of their data, where a channel names none. */
export type ChannelEvents = Record<string, unknown>

export interface PublishOptions {
  /** For the readers of this topic alone. Default: for all. */
  topic?: string
  /** A reader that is `behind` is sent only the newest of the events of this type and topic with the same key. */
  conflateKey?: string
  /** For the readers of the moment: not kept, so it is not replayed. */
  ephemeral?: boolean
}

/** One stream of events for any number of readers. Belongs to whoever created it, who closes it; any code may use it. */
export interface Channel<M = ChannelEvents, _C = unknown> {
  /**
   * Sends an event to all readers, and keeps it for those who come back.
   *
   * Events have one order, that of the calls. The promise gives the event's id as soon as the event is
   * kept. It waits while more than 64 KiB wait to be written, so that a loop that awaits it does not
   * run ahead of the readers.
   *
   * Rejects, with nothing published: with a `TypeError` for what JSON or the format cannot carry and for
   * options that do not exist or make no sense; with the code `ERR_CHANNEL_CLOSED` after `close()` is
   * done; with the error of the transport.
   */
  publish<K extends keyof M & string>(event: K, data: M[K], options?: PublishOptions): Promise<string>
  /** Answers a web request. Never rejects. May be passed on without the channel. */
  readonly fetch: (request: Request) => Promise<Response>
  /**
   * Answers a Node request, also of HTTP/2 (its compatibility API). Headers set before stay. Resolves when
   * the answer has begun; never rejects. May be passed on without the channel.
   */
  readonly node: (req: NodeRequest, res: NodeResponse) => Promise<void>
  /** Connections that are open now. */
  readonly connections: number
  /**
   * Refuses newcomers with a 503 and ends the connections, spread over `drain` milliseconds (default 0:
   * at once), so that their readers do not all come back at once. What was published before reaches them.
   *
   * Resolves when all have ended and the transport is closed. The HTTP server stays the caller's to close.
   * Further calls give the same promise.
   */
  close(options?: { drain?: number }): Promise<void>
}

const FIELDS = streamFields(undefined)

const isTrueOrFalse: Rule = (value) => typeof value !== 'boolean' && 'must be true or false.'
const isText: Rule = (value) => typeof value !== 'string' && 'must be a string.'

const PUBLISH_RULES = { topic: isName, conflateKey: isText, ephemeral: isTrueOrFalse }
const CLOSE_RULES = { drain: numberOf('milliseconds', 0, MAX_DELAY) }

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
 * text.includes('data: {"symbol":"ABC","value":42}\n\n') // => true
 * ```
 */
export function createChannel<M = ChannelEvents, C = unknown>(options: ChannelOptions<M, C> = {}): Channel<M, C> {
  const settings = resolveChannelOptions(options)
  const scheduler = hostScheduler
  const gate = createGate(scheduler)
  let made: { transport: Transport; hub: Hub } | undefined
  let closing: Promise<void> | undefined
  let isClosed = false

  // Not before they are needed: some hosts have neither clock nor chance while modules load.
  const make = (): { transport: Transport; hub: Hub } => {
    const { history } = settings
    const { now } = scheduler
    const epoch = Date.now().toString(36) + Math.floor(scheduler.random() * 36 ** 4).toString(36)
    const transport = options.transport ?? createMemoryTransport(history, now, epoch)
    return { transport, hub: createHub(settings, transport, scheduler) }
  }
  const parts = (): { transport: Transport; hub: Hub } => (made ??= make())

  /** Asked before the hooks, which may be costly, and again once there is nothing more to wait for. */
  const refuse = (): Response | undefined => {
    if (!closing && parts().hub.size < (options.maxConnections ?? Infinity)) return undefined
    const seconds = Math.max(1, Math.ceil(settings.retry / 1000))
    return new Response('Service Unavailable\n', { status: 503, headers: { 'retry-after': `${seconds}` } })
  }

  const ask = async (request: EventRequest): Promise<Admission<C> | Response> =>
    refuse() ?? admit(options, request, settings.report)

  const read = ({ context, topics }: Admission<C>): Reader => new Reader(parts().hub, context, topics)

  const join = (reader: Reader, sink: Sink, request: EventRequest): void => {
    reader.sink = sink
    const isNew = request.lastEventId === '' && !hasUnusableLastEventId(request)
    parts().hub.join(reader, isNew ? undefined : request.lastEventId)
  }

  const shutDown = async (drain: number): Promise<void> => {
    const { transport, hub } = parts()
    await hub.close(drain)
    isClosed = true
    await transport.close()
  }

  const answerWeb = async (raw: Request): Promise<Response> => {
    const request = eventRequestOf(raw)
    const admission = await ask(request)
    if (isResponse(admission)) return admission
    const refusal = refuse()
    if (refusal) return refusal
    const { signal } = raw
    if (signal?.aborted) return new Response(null, { headers: webHeaders(FIELDS) })
    const reader = read(admission)
    const leave = (): void => reader.onClose(true)
    signal?.addEventListener('abort', leave)
    reader.release = () => signal?.removeEventListener('abort', leave)
    const { sink, body } = createWebSink(reader)
    join(reader, sink, request)
    return new Response(body, { headers: webHeaders(FIELDS) })
  }

  const answerNode = async (req: NodeRequest, res: NodeResponse): Promise<void> => {
    await gate()
    const request = eventRequestOf(req)
    const admission = await ask(request)
    if (isNodeReaderGone(req, res)) return
    try {
      if (isResponse(admission)) return await sendResponse(res, admission)
      const refusal = refuse()
      if (refusal) return await sendResponse(res, refusal)
      const reader = read(admission)
      writeHead(res, 200, FIELDS)
      join(reader, createNodeSink(req, res, reader), request)
    } catch (error) {
      settings.report(error)
      res.destroy()
    }
  }

  return {
    async publish(event, data, publishOptions) {
      checkOptions(publishOptions, PUBLISH_RULES)
      if (typeof event !== 'string') throw new EncodeError('event', 'must be a string')
      const json = options.serialize !== undefined || typeof data !== 'string'
      const text = options.serialize ? options.serialize(data, event) : json ? toJson(data) : data
      // Refuses what cannot be written, before the transport has it.
      encode({ event, data: text })
      if (isClosed) throw new ChannelClosedError('The channel is closed.')
      const { transport, hub } = parts()
      const id = await transport.publish({ ...publishOptions, event, data: text, json })
      await hub.room()
      return id
    },
    fetch: answerWeb,
    node: answerNode,
    get connections() {
      return made?.hub.size ?? 0
    },
    async close(closeOptions) {
      checkOptions(closeOptions, CLOSE_RULES)
      closing ??= shutDown(closeOptions?.drain ?? 0)
      return closing
    },
  }
}
