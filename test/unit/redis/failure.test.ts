import { describe, expect, it } from 'vitest'
import { isEventWireError } from '../../../src/errors.js'
import { replyCode, toRedisError } from '../../../src/redis/failure.js'
import { RedisTransportError } from '../../../src/redis/redis-error.js'

describe('what a client of Redis throws', () => {
  it.each([
    ["NOPERM User app has no permissions to run the 'xadd' command", 'ERR_REDIS_PERMISSION'],
    ['NOAUTH Authentication required.', 'ERR_REDIS_PERMISSION'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'ERR_REDIS_PERMISSION'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'ERR_REDIS_WRONG_TYPE'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'ERR_REDIS_MEMORY'],
    ["READONLY You can't write against a read only replica.", 'ERR_REDIS_REFUSED'],
    ['ERR unknown command', 'ERR_REDIS_REFUSED'],
    ['Connection is closed.', 'ERR_REDIS_CONNECTION'],
    ['connect ECONNREFUSED 127.0.0.1:1', 'ERR_REDIS_CONNECTION'],
    ['The client is closed', 'ERR_REDIS_CONNECTION'],
  ])('%s: %s', (message, code) => {
    const cause = new Error(message)
    const error = toRedisError(cause, 'take the event', 'unknown')
    expect(error).toMatchObject({ code, cause, name: 'RedisTransportError' })
    expect(error.published, 'an answer is certain').toBe(code === 'ERR_REDIS_CONNECTION' ? 'unknown' : 'no')
    expect(error.message).toContain('Redis did not take the event: ')
    expect(error.message).toContain(message)
    expect(isEventWireError(error)).toBe(true)
  })

  it('may be anything', () => {
    expect(toRedisError('no', 'answer')).toMatchObject({ code: 'ERR_REDIS_CONNECTION', cause: 'no' })
    expect(toRedisError(new Error('CONSTRUCTOR x'), 'answer').code).toBe('ERR_REDIS_REFUSED')
    expect(replyCode(undefined)).toBeUndefined()
    const own = new RedisTransportError('ERR_REDIS_CLOSED', 'closed')
    expect(toRedisError(own, 'answer')).toBe(own)
    expect(own).toMatchObject({ published: 'no' })
    expect('cause' in own).toBe(false)
  })
})
