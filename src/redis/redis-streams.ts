import { check, checkOptions, type Rule } from '../options/check-options.js'
import { anything, isName, wholeNumberOf } from '../options/rules.js'
import type { Transport } from '../server/channel/transport.js'
import { MAX_DELAY } from '../wire/constants.js'
import type { RedisClient } from './links-of.js'
import { use } from './shared.js'
import { StreamTransport } from './stream-transport.js'

/** Options of `redisStreams`. All times are milliseconds. */
export interface RedisStreamsOptions {
  /**
   * A client of ioredis (`new Redis()`) or node-redis (`createClient()`), both from version 5. It is the
   * pattern for the connections this makes, and is neither used nor closed itself; it need not be connected.
   */
  readonly client: RedisClient
  /** The key of the stream, after the client's key prefix where it has one. */
  readonly key: string
  /**
   * Where many channels share a stream: the name of this one, the same in every process. By default the
   * channel has the stream for itself.
   */
  readonly channel?: string | undefined
  /**
   * How many entries the stream keeps, at least: Redis trims in larger steps. Default 10,000; `Infinity`
   * never trims. This is how far back a reader can resume.
   */
  readonly maxLen?: number | undefined
  /**
   * How long Redis keeps the stream after the last event, in milliseconds. Default: for ever. Readers that are
   * connected when it goes are told of a gap. The user needs `+eval`, `+pexpire`.
   */
  readonly expire?: number | undefined
  /**
   * How long one XREAD waits for new entries, in milliseconds. Default 5,000. Where Redis lost the stream
   * without closing the connection, this is how long it may go unnoticed.
   */
  readonly blockMs?: number | undefined
  /** How long Redis may take to connect and answer before that counts as an error, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number | undefined
}

const DEFAULT_MAX_LEN = 10_000
const DEFAULT_BLOCK = 5000
const DEFAULT_TIMEOUT = 5000

const wait = /* @__PURE__ */ wholeNumberOf('milliseconds', 1, Math.floor(MAX_DELAY / 2))

const rules = {
  client: anything,
  key: isName,
  channel: isName,
  maxLen: /* @__PURE__ */ wholeNumberOf('entries', 1),
  expire: wait,
  blockMs: wait,
  timeoutMs: wait,
} as const satisfies Record<keyof RedisStreamsOptions, Rule>

/**
 * Puts a channel on a Redis Stream. All processes that do so with the same key have one channel: one order, one history,
 * and ids that are those of the stream. Works with Redis from 6.2, and with servers that take the same commands.
 *
 * Give the result to `createChannel` as `transport`; the channel closes it. Two connections are opened for each client,
 * once they are needed: one that waits for new entries, and one for everything else. There are no more with more keys,
 * channels or readers.
 *
 * A channel promises its readers every event once and in order, or a gap event. That holds here too when
 * Redis restarts, fails over to a replica that lags behind, is flushed, or has trimmed what was needed.
 * While Redis is away, readers stay connected; `publish` waits for `timeoutMs`, then rejects with a
 * `RedisTransportError`.
 *
 * @throws {OptionError} for options that do not exist or make no sense, and a client of an unknown kind.
 *
 * @example
 * ```ts
 * import { createChannel } from 'eventwire/server'
 * import { redisStreams } from 'eventwire/redis'
 * import { Redis } from 'ioredis'
 *
 * const client = new Redis({ lazyConnect: true })
 * const channel = createChannel({ transport: redisStreams({ client, key: 'news' }) })
 *
 * await channel.close()
 * client.disconnect()
 * ```
 */
export function redisStreams(options: RedisStreamsOptions): Transport {
  checkOptions(options, rules)
  const { client, key, channel = '', maxLen = DEFAULT_MAX_LEN, expire } = options ?? {}
  const { blockMs = DEFAULT_BLOCK, timeoutMs = DEFAULT_TIMEOUT } = options ?? {}
  check('key', key !== undefined, 'is missing. Give the stream a key')
  return new StreamTransport(use(client, { key, blockMs, timeoutMs, expire }), { channel, maxLen, expire, timeoutMs })
}
