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
 */
export class RedisTransportError extends Error {
  declare readonly code: RedisErrorCode
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
