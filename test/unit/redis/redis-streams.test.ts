import { Cluster, Redis } from 'ioredis'
import { createClient, createClientPool, createCluster, createSentinel } from 'redis'
import { describe, expect, it } from 'vitest'
import { OptionError } from '../../../src/errors/option-error.js'
import { redisStreams, type RedisStreamsOptions } from '../../../src/redis/redis-streams.js'

const client = new Redis({ lazyConnect: true })

describe('redisStreams', () => {
  it.each<[string, object | undefined, RegExp]>([
    ['options', 7 as never, /object/],
    ['client', { key: 'k' }, /ioredis.*node-redis/],
    ['client', { client: {}, key: 'k' }, /ioredis/],
    ['client', { client: new Cluster([{}], { lazyConnect: true }), key: 'k' }, /Clusters, pools/],
    ['client', { client: createCluster({ rootNodes: [] }), key: 'k' }, /Clusters, pools/],
    ['client', { client: createClientPool(), key: 'k' }, /Clusters, pools/],
    ['client', { client: createSentinel({ name: 'n', sentinelRootNodes: [] }), key: 'k' }, /sentinels of node-redis/],
    ['key', { client }, /key/],
    ['key', { client, key: '' }, /empty/],
    ['key', { client, key: 7 }, /string/],
    ['channel', { client, key: 'k', channel: '' }, /empty/],
    ['maxLen', { client, key: 'k', maxLen: 0 }, /from 1 to/],
    ['maxLen', { client, key: 'k', maxLen: 1.5 }, /whole/],
    ['maxLen', { client, key: 'k', maxLen: NaN }, /number/],
    ['blockMs', { client, key: 'k', blockMs: 0 }, /from 1 to/],
    ['blockMs', { client, key: 'k', blockMs: 2 ** 31 }, /from 1 to/],
    ['blockMs', { client, key: 'k', blockMs: '5' }, /milliseconds/],
    ['timeoutMs', { client, key: 'k', timeoutMs: Infinity }, /milliseconds/],
    ['maxlen', { client, key: 'k', maxlen: 5 }, /does not exist.*maxLen/],
  ])('refuses a wrong %s (%#)', (option, options, message) => {
    const make = (): unknown => redisStreams(options as RedisStreamsOptions)
    expect(make).toThrow(OptionError)
    expect(make).toThrow(expect.objectContaining({ option, message: expect.stringMatching(message) }))
  })

  it('says what is missing where nothing is given', () => {
    expect(() => redisStreams(undefined as never)).toThrow(OptionError)
  })

  it.each([
    ['ioredis', () => client],
    ['node-redis', () => createClient()],
  ])('takes a client of %s, and opens nothing before it is needed', async (_, make) => {
    const count = (): number => process.getActiveResourcesInfo().length
    const given = make()
    const before = count()
    const transport = redisStreams({ client: given, key: 'k', maxLen: Infinity, channel: undefined })
    expect(count()).toBe(before)
    await transport.close()
    await transport.close()
    transport.subscribe({ onReset() {}, onEntry() {}, onError() {}, onEnd() {} }, { size: 1, maxAge: 1, maxBytes: 1 })
    expect(count()).toBe(before)
    await expect(transport.publish({ event: 'a', data: '', json: false })).rejects.toMatchObject({
      code: 'ERR_REDIS_CLOSED',
      published: 'no',
    })
  })
})
