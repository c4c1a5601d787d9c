import { OptionError } from '../errors/option-error.js'
import { ioredisLinks, type IoredisClient } from './ioredis-link.js'
import type { LinkFactory } from './link.js'
import { nodeRedisLinks, type NodeRedisClient } from './node-redis-link.js'

/**
 * A client of ioredis (5 or newer) or of node-redis (5 or newer, the package `redis`), told apart by its
 * shape. It serves as the pattern for connections; its own is not used, so that it need not be connected.
 */
export type RedisClient = IoredisClient | NodeRedisClient

type Shape = Partial<Record<'call' | 'duplicate' | 'sendCommand' | 'status' | 'isPubSubActive' | 'isCluster', unknown>>

/** @throws {OptionError} where it is neither. */
export function linksOf(client: unknown): LinkFactory {
  const shape = (typeof client === 'object' && client !== null ? client : {}) as Shape
  if (typeof shape.duplicate === 'function' && !shape.isCluster) {
    if (typeof shape.call === 'function' && typeof shape.status === 'string') {
      return ioredisLinks(client as IoredisClient)
    }
    if (typeof shape.sendCommand === 'function' && typeof shape.isPubSubActive === 'boolean') {
      return nodeRedisLinks(client as NodeRedisClient)
    }
  }
  throw new OptionError(
    'client',
    'must be a client of ioredis (new Redis()) or of node-redis (createClient()) for one server. ' +
      'Clusters, pools and the sentinels of node-redis are not supported.',
  )
}
