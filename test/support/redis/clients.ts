import { Redis } from 'ioredis'
import { createClient } from 'redis'
import type { RedisClient } from '../../../src/redis/links-of.js'
import { redisStreams, type RedisStreamsOptions } from '../../../src/redis/redis-streams.js'
import type { Transport } from '../../../src/server/channel/transport.js'

export const LIBRARIES = ['ioredis', 'redis'] as const
export type Library = (typeof LIBRARIES)[number]

/** A client that is not connected, which is all that is asked for. */
export function clientOf(library: Library, port: number): RedisClient {
  return library === 'ioredis'
    ? new Redis({ port, lazyConnect: true })
    : createClient({ url: `redis://127.0.0.1:${port}` })
}

/** A transport with a client of its own, as another process would have. */
export function transportOf(
  library: Library,
  port: number,
  options: Partial<RedisStreamsOptions> = {},
): Transport & AsyncDisposable {
  const transport = redisStreams({ client: clientOf(library, port), key: 'events', blockMs: 200, ...options })
  return Object.assign(transport, { [Symbol.asyncDispose]: async () => transport.close() })
}
