import { check, checkOptions, withDefaults } from '../../options/check-options.js'
import type { Rules } from '../../options/check-options.js'
import {
  anything,
  isBoolean,
  isFunction,
  isName,
  milliseconds,
  numberOf,
  oneOf,
  reconnectionTime,
  wholeNumberOf,
} from '../../options/rules.js'
import { attempt, type Awaitable } from '../async.js'
import type { EventRequest } from '../event-request.js'
import { SLOW_RULES } from '../event-stream-options.js'
import type { StreamMessage } from '../stream-message.js'
import { resolveCors, type CorsOptions } from '../cors.js'
import type { HeadSettings } from '../exchange.js'
import { defaultHeartbeat, streamFields } from '../response-head.js'
import { LIMITS } from './hub-options.js'
import type { ChannelCloseReason } from './phase.js'
import type { ChannelReader } from './reader.js'
import type { ChannelMetrics, HubHooks, HubOptions, SlowPolicy, Snapshot } from './hub-options.js'
import type { ChannelMessage } from './message.js'
import type { Transport } from './transport.js'

/** A message of the map `M`. A union that `event` tells apart. */
export type ChannelMessageOf<M> = { [K in keyof M & string]: ChannelMessage<K, M[K]> }[keyof M & string]

/** A message of a snapshot. */
export type SnapshotMessage<M> = {
  [K in keyof M & string]: Omit<StreamMessage, 'id' | 'event' | 'data'> & { event: K; data: M[K] }
}[keyof M & string]

/** Options of `createChannel`. All times are milliseconds, all sizes bytes. */
export interface ChannelOptions<M, C> {
  /**
   * How far back readers can resume: the last `size` events (default 1000), none older than `maxAge`
   * (10 minutes), at most `maxBytes` of them (8 MiB). The limit that is reached first counts. Of one topic at most `perTopic` (`size`),
   * so that a busy one leaves room for the others.
   */
  history?: { size?: number; maxAge?: number; maxBytes?: number; perTopic?: number }
  /** As for `eventStream`: more headers, or others in place of the defaults. They go with answers that are no stream, too. */
  headers?: NonNullable<RequestInit['headers']>
  /** Answers pages of other origins, and their preflights. Default: nothing about it is said. */
  cors?: CorsOptions
  /** Whether a comment is sent at once. `false` where a reader cannot take one; heartbeats are comments too. Default `true`. */
  greeting?: boolean
  /** Puts events in order and keeps them. The channel closes it. Default: the memory of this process. */
  transport?: Transport
  /** Readers get something at least this often, so that no proxy takes the connection for dead. Default 15,000, on Bun 8000; 0 for never. */
  heartbeat?: number
  /** The reconnection time readers are told, at most. Default 2000. */
  retry?: number
  /**
   * The part of each reconnection time that chance may take off, 0 to 1, so that readers do not all come back at once.
   * Default 0.5.
   */
  retryJitter?: number
  /** Connections end after this long, or up to a quarter earlier; their readers resume. Default 0: never. */
  maxAge?: number
  /** Above it newcomers are refused, before `authorize`. Default `Infinity`. */
  maxConnections?: number
  /**
   * So many connections for each user, in this process. `by` gives the user. Beyond `max` newcomers are refused
   * (`refuse`, the default), or the oldest is let go (`replace`) and told to come back in a day, so that two tabs do not push
   * each other out for ever.
   */
  limit?: { by(context: NoInfer<C>, request: EventRequest): string; max: number; beyond?: 'refuse' | 'replace' }
  /**
   * How newcomers are refused for want of room, while the channel closes, and when `authorize` throws. `EventSource` gives up
   * for good at any status but 200. With `reconnect` (the default), a GET that names `text/event-stream` in its Accept is
   * answered 200 with a reconnection time of five times `retry`, and ends; all others get 503 with Retry-After. With
   * `status`, all get the 503.
   */
  refusal?: 'reconnect' | 'status'
  /** Events are gathered for this long and go out as one write. Default 0: for one turn of the event loop. */
  flush?: number
  /**
   * Readers that take too little. `policy` says what becomes of one with more than `maxBytes` waiting (1 MiB).
   * `disconnect`, the default: it is let go, and resumes from the history. `drop`: it skips events until it has taken
   * what waits, and is then sent the gap event. `conflate`: it skips them too, and is then sent the newest of the events
   * with the same `conflateKey`. With any policy, a reader that takes nothing for `stall` (30,000) is disconnected.
   */
  slow?: { maxBytes?: number; stall?: number; policy?: SlowPolicy }
  /**
   * Gives the context of a reader, which lets it in, or a `Response` that refuses it. `false`, `null` and `undefined`
   * refuse it with a 403. A throw is reported, and the reader is refused as it is when there is no room. Default:
   * everyone is let in.
   */
  authorize?(request: EventRequest): Awaitable<C | Response | false | null | undefined>
  /**
   * Asks `authorize` again after this long, or up to a quarter earlier, for a reader that stays. What it gives is the new
   * context; topics stay. A refusal ends the connection, and so does a throw. Default 0: never.
   */
  reauthorize?: number
  /**
   * Called once a reader is let in, before it is sent what it missed, and awaited. A throw ends the reader. The topics set in it
   * count for what is replayed.
   */
  onConnect?(reader: ChannelReader<NoInfer<C>>): unknown
  /** Called once for each `onConnect`, when the connection is gone and `onConnect` is over. */
  onDisconnect?(reader: ChannelReader<NoInfer<C>>, reason: ChannelCloseReason): unknown
  /**
   * The topics of a reader: it gets the events published to one of them, and those published to none.
   * Without this option, every reader gets everything.
   */
  topics?(context: NoInfer<C>, request: EventRequest): Awaitable<string | Iterable<string>>
  /** Whether an event, live or replayed, is for a reader. Asked for each event and reader, so be quick. */
  filter?(message: ChannelMessageOf<NoInfer<M>>, context: NoInfer<C>): boolean
  /** The state that events build upon, for readers that are new or were told of a gap. Events published later follow it. */
  snapshot?(context: NoInfer<C>): Awaitable<Snapshot<SnapshotMessage<NoInfer<M>>>>
  /** The type of the event that tells a reader of a gap. Default `reset`. */
  gapEvent?: string
  /**
   * The type of the event, with empty data, that tells a reader its position. For readers that take an id with data alone.
   * Default: none, and the position is a bare `id`.
   */
  positionEvent?: string
  /** Data as text, strings too. Default: strings as they are, all else as JSON. */
  serialize?(data: NoInfer<M[keyof M & string]>, event: NoInfer<keyof M & string>): string
  /** Told what happens. */
  metrics?: ChannelMetrics<NoInfer<C>>
  /** Told what hooks threw, and what went wrong in the transport. Default: `console.error`. */
  onError?(error: unknown): void
}

const RULES: Rules = {
  history: {
    size: /* @__PURE__ */ wholeNumberOf('events'),
    maxAge: /* @__PURE__ */ numberOf('milliseconds'),
    maxBytes: /* @__PURE__ */ numberOf('bytes'),
    perTopic: /* @__PURE__ */ wholeNumberOf('events'),
  },
  headers: anything,
  cors: anything,
  greeting: isBoolean,
  transport: (value) => typeof (value as Transport | null)?.subscribe !== 'function' && 'must be a transport',
  heartbeat: milliseconds,
  retry: reconnectionTime,
  retryJitter: /* @__PURE__ */ numberOf('', 0, 1),
  maxAge: milliseconds,
  maxConnections: /* @__PURE__ */ wholeNumberOf('connections', 1),
  limit: {
    by: isFunction,
    max: /* @__PURE__ */ wholeNumberOf('connections', 1),
    beyond: /* @__PURE__ */ oneOf('refuse', 'replace'),
  },
  refusal: /* @__PURE__ */ oneOf('reconnect', 'status'),
  flush: milliseconds,
  slow: { ...SLOW_RULES, policy: /* @__PURE__ */ oneOf('disconnect', 'drop', 'conflate') },
  authorize: isFunction,
  reauthorize: milliseconds,
  onConnect: isFunction,
  onDisconnect: isFunction,
  topics: isFunction,
  filter: isFunction,
  snapshot: isFunction,
  gapEvent: isName,
  positionEvent: isName,
  serialize: isFunction,
  metrics: {
    open: isFunction,
    close: isFunction,
    refused: isFunction,
    gap: isFunction,
    published: isFunction,
    sent: isFunction,
    evicted: isFunction,
  },
  onError: isFunction,
}

/** The options of a channel, complete and checked: those of the hub, and those for the door. */
export interface ChannelSettings extends HubOptions {
  readonly head: HeadSettings
}

/** @throws {OptionError} */
export function resolveChannelOptions<M, C>(options: ChannelOptions<M, C>): ChannelSettings {
  checkOptions(options, RULES)
  const { slow = {}, limit, reauthorize = 0 } = options
  if (limit) for (const name of ['by', 'max'] as const) check(`limit.${name}`, limit[name] !== undefined, 'is missing')
  check('reauthorize', reauthorize === 0 || options.authorize, 'needs authorize')
  const history = withDefaults(
    { size: 1000, maxAge: 600_000, maxBytes: 8 * 1024 * 1024, perTopic: Infinity },
    options.history,
  )
  const { maxBytes = 1024 * 1024, stall = 30_000, policy = 'disconnect' } = slow
  const tell = (error: unknown): unknown =>
    options.onError ? options.onError(error) : console.error('A channel failed a reader:', error)
  const report = (error: unknown): void => void attempt(() => tell(error), console.error)
  return {
    head: { fields: streamFields(options.headers), cors: resolveCors(options.cors, report) },
    hooks: options as unknown as HubHooks,
    limits: LIMITS,
    history: { ...history, perTopic: Math.min(history.perTopic, history.size) },
    heartbeat: options.heartbeat ?? defaultHeartbeat(),
    greeting: options.greeting ?? true,
    retry: options.retry ?? 2000,
    retryJitter: options.retryJitter ?? 0.5,
    maxAge: options.maxAge ?? 0,
    reauthorize,
    flush: options.flush ?? 0,
    maxBytes,
    stall,
    policy,
    gapEvent: options.gapEvent ?? 'reset',
    positionEvent: options.positionEvent,
    report,
  }
}
