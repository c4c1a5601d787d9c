import type { Awaitable } from '../async.js'
import type { StreamMessage } from '../stream-message.js'
import type { ChannelMessage } from './message.js'
import type { ChannelCloseReason } from './phase.js'
import type { ChannelReader } from './reader.js'
import type { GapReason, HistoryLimits } from './transport.js'

/** What is done about a reader that takes too little: see `slow` of `ChannelOptions`. */
export type SlowPolicy = 'disconnect' | 'drop' | 'conflate'

/**
 * Why a newcomer was not let in: `maxConnections`, `limit`, the channel is `closing`, `authorize` gave no context
 * (`unauthorized`), or a hook threw (`failed`).
 */
export type RefusalReason = 'maxConnections' | 'limit' | 'closing' | 'unauthorized' | 'failed'

/** Hooks that count. What they throw goes to `onError`. */
export interface ChannelMetrics<C = unknown> {
  /** A reader was let in. */
  open?(reader: ChannelReader<C>): void
  /** A connection has ended; once for each `open`. */
  close?(reason: ChannelCloseReason, reader: ChannelReader<C>): void
  /** A newcomer was not let in. */
  refused?(reason: RefusalReason): void
  /** A reader was told of a gap. */
  gap?(reason: GapReason, reader: ChannelReader<C>): void
  /** An event was published by this process. */
  published?(event: string, topic: string | undefined): void
  /** Events, replayed ones too, and their bytes were handed to one connection. */
  sent?(events: number, bytes: number, reader: ChannelReader<C>): void
  /** A reader went past the limits of `slow`, and this is what is done about it. */
  evicted?(policy: SlowPolicy, reader: ChannelReader<C>): void
}

/** What a snapshot is: one message, several, or nothing. Without ids: the channel gives its own. */
export type Snapshot<Message = StreamMessage> = Message | Iterable<Message> | AsyncIterable<Message> | undefined | void

/** The functions of the user that the hub calls. Called as methods of this object. */
export interface HubHooks {
  filter?(message: ChannelMessage, context: unknown): unknown
  snapshot?(context: unknown): Awaitable<Snapshot>
  onConnect?(reader: ChannelReader): unknown
  onDisconnect?(reader: ChannelReader, reason: ChannelCloseReason): unknown
  readonly metrics?: ChannelMetrics | undefined
}

/** How work is cut into turns of the event loop. Not options: the simulation in the tests makes them small. */
export interface Limits {
  /** Readers visited in one turn: some 20 ms, where each is written to. */
  readonly slice: number
  /** Bytes that no reader was given yet, above which publishers wait for the next flush. */
  readonly room: number
  /** Bytes of history a reader is given before it has taken those before. */
  readonly window: number
  /** Newcomers that one turn lets in, and steps it takes with readers that catch up: a page each. */
  readonly steps: number
}

export const LIMITS: Limits = {
  slice: 2000,
  room: 64 * 1024,
  // Two pages of history and what comes before them.
  window: 80 * 1024,
  steps: 32,
}

/** The options as the hub takes them: complete and checked. */
export interface HubOptions {
  readonly hooks: HubHooks
  readonly limits: Limits
  readonly history: HistoryLimits
  readonly heartbeat: number
  /** Whether a comment comes at once. */
  readonly greeting: boolean
  readonly retry: number
  /** The part of `retry` that chance may take off. */
  readonly retryJitter: number
  /** 0: for ever. */
  readonly maxAge: number
  /** 0: never. */
  readonly reauthorize: number
  readonly flush: number
  readonly maxBytes: number
  readonly stall: number
  readonly policy: SlowPolicy
  readonly gapEvent: string
  readonly positionEvent: string | undefined
  /** Never throws. */
  report(error: unknown): void
}
