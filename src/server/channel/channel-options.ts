import { checkOptions } from '../../options/check-options.js'
import type { Rules } from '../../options/check-options.js'
import {
  isFunction,
  isName,
  milliseconds,
  numberOf,
  oneOf,
  reconnectionTime,
  wholeNumberOf,
} from '../../options/rules.js'
import { attempt } from '../attempt.js'
import type { EventRequest } from '../event-request.js'
import { SLOW_RULES } from '../event-stream-options.js'
import type { StreamMessage } from '../stream-message.js'
import { LIMITS } from './hub-options.js'
import type { Awaitable, ChannelMetrics, HubHooks, HubOptions, SlowPolicy, Snapshot } from './hub-options.js'
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
   * (10 minutes), at most `maxBytes` of them (8 MiB). Whichever is reached first.
   */
  history?: { size?: number; maxAge?: number; maxBytes?: number }
  /** Puts events in order and keeps them. The channel closes it. Default: the memory of this process. */
  transport?: Transport
  /** Readers get something at least this often, so that no proxy takes the connection for dead. Default 15,000; 0 for never. */
  heartbeat?: number
  /** The reconnection time readers are told. Default 2000. */
  retry?: number
  /** Connections end after this long, or up to a quarter earlier; their readers resume. Default 0: never. */
  maxAge?: number
  /** Above it newcomers get a 503 with Retry-After. Default `Infinity`. */
  maxConnections?: number
  /** Events are gathered for this long and go out as one write. Default 0: for one turn of the event loop. */
  flush?: number
  /**
   * Readers that take too little. Who has more than `maxBytes` waiting (1 MiB) is disconnected, to resume
   * from the history (`disconnect`, the default); or skips events until it has taken what waits, and is
   * then sent the gap event (`drop`) or, of the events with the same `conflateKey`, the newest (`conflate`).
   * Who takes nothing for `stall` (30,000) is disconnected.
   */
  slow?: { maxBytes?: number; stall?: number; policy?: SlowPolicy }
  /**
   * Lets a reader in by giving its context, whatever that is, or refuses it with a `Response`. A throw
   * is reported and answered with a 500. Default: everyone is let in.
   */
  authorize?(request: EventRequest): Awaitable<C | Response>
  /**
   * The topics of a reader: it gets the events published to one of them, and those published to none.
   * Without this option, every reader gets everything.
   */
  topics?(context: NoInfer<C>, request: EventRequest): Awaitable<string | Iterable<string>>
  /** Whether an event, live or replayed, is for a reader. Asked for each of both, so be quick. */
  filter?(message: ChannelMessageOf<NoInfer<M>>, context: NoInfer<C>): boolean
  /** The state that events build upon, for readers that are new or were told of a gap. Events published later follow it. */
  snapshot?(context: NoInfer<C>): Awaitable<Snapshot<SnapshotMessage<NoInfer<M>>>>
  /** The type of the event that tells a reader of a gap. Default `reset`. */
  gapEvent?: string
  /** Data as text, strings too. Default: strings as they are, all else as JSON. */
  serialize?(data: NoInfer<M[keyof M & string]>, event: NoInfer<keyof M & string>): string
  /** Told what happens. */
  metrics?: ChannelMetrics
  /** Told what hooks threw, and what went wrong in the transport. Default: `console.error`. */
  onError?(error: unknown): void
}

const RULES: Rules = {
  history: {
    size: /* @__PURE__ */ wholeNumberOf('events'),
    maxAge: /* @__PURE__ */ numberOf('milliseconds'),
    maxBytes: /* @__PURE__ */ numberOf('bytes'),
  },
  transport: (value) => typeof (value as Transport | null)?.subscribe !== 'function' && 'must be a transport',
  heartbeat: milliseconds,
  retry: reconnectionTime,
  maxAge: milliseconds,
  maxConnections: /* @__PURE__ */ wholeNumberOf('connections', 1),
  flush: milliseconds,
  slow: { ...SLOW_RULES, policy: /* @__PURE__ */ oneOf('disconnect', 'drop', 'conflate') },
  authorize: isFunction,
  topics: isFunction,
  filter: isFunction,
  snapshot: isFunction,
  gapEvent: isName,
  serialize: isFunction,
  metrics: { open: isFunction, close: isFunction, sent: isFunction, evicted: isFunction },
  onError: isFunction,
}

/** @throws {OptionError} */
export function resolveChannelOptions<M, C>(options: ChannelOptions<M, C>): HubOptions {
  checkOptions(options, RULES)
  const {
    history = {},
    heartbeat = 15_000,
    retry = 2000,
    maxAge = 0,
    flush = 0,
    slow = {},
    gapEvent = 'reset',
  } = options
  const { maxBytes = 1024 * 1024, stall = 30_000, policy = 'disconnect' } = slow
  const tell = (error: unknown): unknown =>
    options.onError ? options.onError(error) : console.error('A channel failed a reader:', error)
  return {
    hooks: options as unknown as HubHooks,
    limits: LIMITS,
    history: {
      size: history.size ?? 1000,
      maxAge: history.maxAge ?? 600_000,
      maxBytes: history.maxBytes ?? 8 * 1024 * 1024,
    },
    heartbeat,
    retry,
    maxAge,
    flush,
    maxBytes,
    stall,
    policy,
    gapEvent,
    report: (error) => void attempt(() => tell(error), console.error),
  }
}
