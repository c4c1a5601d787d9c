/**
 * Channels and runs over many processes, on Redis.
 *
 * @module
 */
export { redisStreams, type RedisStreamsOptions } from './redis-streams.js'
export { redisRuns, type RedisRunsOptions } from './redis-runs.js'
export { RedisTransportError, type RedisErrorCode } from './redis-error.js'
export type { RunClaim, RunEnd, RunState, RunStore, RunView } from '../runs/run-store.js'
export { OptionError } from '../errors/option-error.js'
export { isEventWireError } from '../errors.js'
export type { EventWireError } from '../errors.js'
export type { RedisClient } from './links-of.js'
export type { IoredisClient } from './ioredis-link.js'
export type { NodeRedisClient } from './node-redis-link.js'
