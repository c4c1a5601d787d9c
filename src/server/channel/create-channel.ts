import type { ServerResponse } from 'node:http'
import { encode } from '../../encoder/encode.js'
import { checkOptions, type Rules } from '../../options/check-options.js'
import { isBoolean, isName, isString, milliseconds } from '../../options/rules.js'
import { eventRequestOf, requestedId } from '../event-request.js'
import { createNodeSink, isNodeReaderGone } from '../node-sink.js'
import type { NodeRequest, NodeResponse } from '../node-types.js'
import { streamFields, webHeaders } from '../response-head.js'
import { toJson } from '../stream-message.js'
import { createWebSink } from '../web-sink.js'
import { admit, isResponse, type Admission } from './admit.js'
import { ChannelClosedError } from './channel-closed-error.js'
import { type ChannelOptions, resolveChannelOptions } from './channel-options.js'
import { createHub } from './hub.js'
import type { Hub } from './hub-types.js'
import { createMemoryTransport } from './memory-transport.js'
import { Reader } from './reader.js'
import { hostScheduler } from './scheduler.js'
import { sendResponse } from './send-response.js'
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

const PUBLISH_RULES: Rules = {
  topic: isName,
  conflateKey: isString,
  ephemeral: isBoolean,
}
const CLOSE_RULES: Rules = { drain: milliseconds }

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
  const scheduler = hostScheduler
  const fields = streamFields()
  let made: { transport: Transport; hub: Hub } | undefined
  let closing: Promise<void> | undefined
  let isClosed = false

  // Not before they are needed: some hosts have neither clock nor chance while modules load.
  const parts = (): { transport: Transport; hub: Hub } => {
    if (made) return made
    const epoch = Date.now().toString(36) + Math.floor(scheduler.random() * 36 ** 4).toString(36)
    const transport = options.transport ?? createMemoryTransport(settings.history, scheduler.now, epoch)
    return (made = { transport, hub: createHub(settings, transport, scheduler) })
  }

  /** Asked before the hooks, which may be costly, and again once there is nothing more to wait for. */
  const refuse = (): Response | undefined => {
    if (!closing && parts().hub.size < (options.maxConnections ?? Infinity)) return undefined
    const seconds = Math.max(1, Math.ceil(settings.retry / 1000))
    return new Response('Service Unavailable\n', { status: 503, headers: { 'retry-after': `${seconds}` } })
  }

  /** Gives what a web request is answered with; on Node it answers. */
  const enter = async (raw: Request | NodeRequest, res?: ServerResponse): Promise<Response | void> => {
    const request = eventRequestOf(raw)
    const admission = refuse() ?? (await admit(options, request, report))
    if (res ? isNodeReaderGone(raw as NodeRequest, res) : (raw as Request).signal?.aborted) {
      return res ? undefined : new Response(null, { headers: webHeaders(fields) })
    }
    const refusal = isResponse(admission) ? admission : refuse()
    if (refusal) return res ? sendResponse(res, refusal) : refusal
    const { hub } = parts()
    const { context, topics } = admission as Admission<C>
    const reader = new Reader(hub, context, topics)
    let response: Response | undefined
    if (res) {
      res.writeHead(200, fields)
      reader.sink = createNodeSink(raw as NodeRequest, res, reader)
    } else {
      const { sink, body } = createWebSink(reader, (raw as Request).signal)
      reader.sink = sink
      response = new Response(body, { headers: webHeaders(fields) })
    }
    // An id that cannot be used is no reason to start anew in silence.
    hub.join(reader, requestedId(request) === '' ? undefined : request.lastEventId)
    return response
  }

  const shutDown = async (drain: number): Promise<void> => {
    const { transport, hub } = parts()
    await hub.close(drain)
    isClosed = true
    await transport.close()
  }

  return {
    async publish(event, data, publishOptions) {
      checkOptions(publishOptions, PUBLISH_RULES)
      const json = options.serialize !== undefined || typeof data !== 'string'
      const text = options.serialize ? options.serialize(data, event) : json ? toJson(data) : data
      // Refuses what cannot be written, before the transport has it.
      encode({ event: event ?? (null as never), data: text })
      if (isClosed) throw new ChannelClosedError('The channel is closed.')
      const { transport, hub } = parts()
      const id = await transport.publish({ ...publishOptions, event, data: text, json })
      await hub.room()
      return id
    },
    fetch: (request) => enter(request) as Promise<Response>,
    async node(req, res) {
      await parts().hub.gate()
      try {
        await enter(req, res as ServerResponse)
      } catch (error) {
        report(error)
        res.destroy()
      }
    },
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
