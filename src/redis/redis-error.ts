import { BRAND } from '../errors.js'

/** `docs/errors.md` has a heading for each. */
export type RedisErrorCode =
  | 'ERR_REDIS_CLOSED'
  | 'ERR_REDIS_CONNECTION'
  | 'ERR_REDIS_TIMEOUT'
  | 'ERR_REDIS_PERMISSION'
  | 'ERR_REDIS_WRONG_TYPE'
  | 'ERR_REDIS_MEMORY'
  | 'ERR_REDIS_REFUSED'
  | 'ERR_REDIS_ENTRY'

export interface RedisErrorDetails {
  /** By default `'no'`. */
  published?: 'no' | 'unknown'
  cause?: unknown
}

/**
 * Says what went wrong between a channel and its Redis.
 *
 * `publish` rejects with it; `published` says whether the event can be in the stream all the same:
 * `'no'`, so that it is safe to publish it again, or `'unknown'`, because the connection was lost, or
 * time ran out, between the command and its answer. `cause` is the error of the Redis client.
 *
 * @example
 * ```ts
 * import { Redis } from 'ioredis'
 * import { RedisTransportError, redisStreams } from 'eventwire/redis'
 * import { createChannel } from 'eventwire/server'
 *
 * // Nothing listens there.
 * const client = new Redis({ port: 1, lazyConnect: true })
 * const channel = createChannel({ transport: redisStreams({ client, key: 'prices' }), onError() {} })
 * try {
 *   await channel.publish('price', '1')
 * } catch (error) {
 *   error instanceof RedisTransportError && [error.code, error.published] // => ['ERR_REDIS_CONNECTION', 'no']
 * }
 * await channel.close()
 * client.disconnect()
 * ```
 */
export class RedisTransportError extends Error {
  /** Does not change between minor versions; `docs/errors.md` has a heading for each. */
  declare readonly code: RedisErrorCode
  /** `'no'`: it is safe to publish again. `'unknown'`: the event may be in the stream; publish it again with a `key`. */
  declare readonly published: 'no' | 'unknown'

  override get name(): 'RedisTransportError' {
    return 'RedisTransportError'
  }

  get [BRAND](): true {
    return true
  }

  constructor(code: RedisErrorCode, message: string, details: RedisErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    this.published = details.published ?? 'no'
  }
}
