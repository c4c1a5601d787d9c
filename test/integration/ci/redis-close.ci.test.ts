import type { Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { redisStreams } from '../../../src/redis/redis-streams.js'
import { bounded } from '../../../src/redis/wait.js'
import { createChannel } from '../../../src/server/channel/create-channel.js'
import { Random } from '../../support/random.js'
import { clientOf, LIBRARIES } from '../../support/redis/clients.js'
import { RedisServer } from '../../support/redis/server.js'
import { RoundRobinProxy } from '../../support/servers/round-robin-proxy.js'

const ROUNDS = 40
const TIMEOUT = 800
/** A close waits for what was sent, which is given up after `timeoutMs`. The rest is for a machine that is busy. */
const BOUND = 20_000

/** What the way to Redis does with the bytes of both directions. */
const WAYS: Record<string, (from: Socket, to: Socket, random: Random) => (data: Uint8Array) => void> = {
  'passes all on': (_, to) => (data) => to.write(data),
  'is slow': (_, to) => (data) => void setTimeout(() => to.write(data), 20),
  'takes all and gives nothing': () => () => {},
  'is cut now and then': (from, to, random) => (data) => {
    if (random.chance(0.3)) from.resetAndDestroy()
    else to.write(data)
  },
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe.each(Object.keys(WAYS))('where the way to Redis %s', (name) => {
  it.each(LIBRARIES)(
    'channels close at any moment, and leave no socket, through %s',
    { timeout: 240_000 },
    async (library) => {
      const redis = await RedisServer.start()
      onTestFinished(() => redis[Symbol.asyncDispose]())
      const random = new Random(1)
      const way = await RoundRobinProxy.start(
        () => [redis.port],
        (from, to) => from.on('data', WAYS[name]!(from, to, random)),
      )
      onTestFinished(() => way[Symbol.asyncDispose]())
      for (let round = 0; round < ROUNDS; round++) {
        const client = clientOf(library, way.port)
        const channels = Array.from({ length: random.int(1, 3) }, (_, n) => {
          const options = { client, key: `key ${random.int(0, 5)} ${n}`, timeoutMs: TIMEOUT, blockMs: 2000 }
          return createChannel({ transport: redisStreams({ ...options, expire: 60_000 }), onError() {} })
        })
        const doing: Promise<unknown>[] = []
        for (const channel of channels) {
          if (random.chance(0.7)) doing.push(channel.publish('tick', round))
          if (random.chance(0.5))
            doing.push(channel.fetch(new Request('http://localhost/')).then((response) => response.text()))
        }
        const doneWith = Promise.allSettled(doing)
        if (random.chance(0.7)) await sleep(random.int(0, 60))
        const closing = Promise.all([...channels.map((channel) => channel.close()), doneWith])
        await bounded(closing, BOUND, () => new Error(`It hangs in round ${round}.`))
      }
      await expect.poll(() => way.open).toBe(0)
    },
  )
})
