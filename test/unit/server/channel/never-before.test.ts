import { afterEach, describe, expect, it } from 'vitest'
import { Commands } from '../../../../src/redis/commands.js'
import { FollowedStream } from '../../../../src/redis/followed-stream.js'
import { compareStreamIds } from '../../../../src/redis/stream-id.js'
import { StreamReader } from '../../../../src/redis/stream-reader.js'
import { StreamTransport } from '../../../../src/redis/stream-transport.js'
import { createChannel, type Channel } from '../../../../src/server/channel/create-channel.js'
import { createEntry } from '../../../../src/server/channel/entry.js'
import type { Subscriber, Transport } from '../../../../src/server/channel/transport.js'
import { sqliteHistory } from '../../../../src/sqlite/sqlite-history.js'
import { OPENERS, openWal, scratchFile } from '../../../support/sqlite.js'
import { read, type Reading } from '../../../support/channel/reading.js'
import { FakeRedis } from '../../redis/fake-redis.js'

/** The rule: a gap event never carries an id before the one that the reader asked with. */

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (let close = closing.pop(); close; close = closing.pop()) await close()
})

const channelOn = (transport?: Transport): Channel => {
  const channel = createChannel({ ...(transport && { transport }), heartbeat: 0, history: { size: 3 }, onError() {} })
  closing.push(() => channel.close())
  return channel
}

const come = (channel: Channel, lastEventId: string): Promise<Reading> =>
  read(channel, { lastEventId, keepsReading: true })

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 80))

const gapsOf = ({ events }: Reading): string[] => events.filter(({ event }) => event === 'reset').map(({ id }) => id)

describe('in memory', () => {
  it('what is gone is told at the present', async () => {
    const channel = channelOn()
    const ids: string[] = []
    for (let n = 0; n < 10; n++) ids.push(await channel.publish('n', n))
    const reading = await come(channel, ids[0]!)
    await expect.poll(() => gapsOf(reading)).toEqual([ids.at(-1)])
  })

  it('an id that no clock can have given is told at the present: the one exception', async () => {
    const channel = channelOn()
    const id = await channel.publish('n', 1)
    const reading = await come(channel, id.replace(/\d+$/, '99'))
    await expect.poll(() => gapsOf(reading)).toEqual([id])
  })
})

describe('on a transport that is reset while the reader waits for something else', () => {
  it('the gap is told as soon as it may be, and not one event later', async () => {
    let subscriber!: Subscriber
    let letIn: (() => void) | undefined
    const transport: Transport = {
      publish: async () => '',
      subscribe(given) {
        subscriber = given
        subscriber.onReset('3')
      },
      has: () => 'unknown',
      range: () => undefined,
      compare: (a, b) => Number(a) - Number(b),
      close() {},
    }
    const onConnect = (): Promise<void> => new Promise((resolve) => (letIn = resolve))
    const channel = createChannel({ transport, heartbeat: 0, onConnect, onError() {} })
    closing.push(() => channel.close())
    const reading = await come(channel, '5')
    await expect.poll(() => letIn).toBeDefined()
    subscriber.onReset('3')
    subscriber.onEntry(createEntry('6', { event: 'n', data: '6', json: true }))
    letIn!()
    await expect.poll(() => gapsOf(reading)).toEqual(['6'])
  })
})

describe('on Redis', () => {
  const start = (redis: FakeRedis): Channel => {
    const commands = new Commands(redis)
    const reader = new StreamReader(redis, commands)
    const stream = new FollowedStream(reader, { key: 'key', blockMs: 20, timeoutMs: 2000 })
    const release = async (): Promise<void> =>
      void (await Promise.all([stream.close(), commands.close(), reader.close()]))
    const options = { channel: '', maxLen: 1000, timeoutMs: 2000 }
    return channelOn(new StreamTransport({ commands, stream, key: 'key', release }, options))
  }
  const begin = async (redis: FakeRedis): Promise<{ channel: Channel; present: string }> => {
    const present = redis.add('data', 'present')
    const channel = start(redis)
    const first = await read(channel, { keepsReading: true })
    await expect.poll(() => first.lastEventId).toBe(present)
    return { channel, present }
  }
  const later = (redis: FakeRedis, ms: number): string => `${redis.clock + ms}-0`

  it('an id that Redis lost and this process never read: the reader waits until the position is past it', async () => {
    const redis = new FakeRedis()
    const { channel } = await begin(redis)
    const lost = later(redis, 50)
    const reading = await come(channel, lost)
    await settled()
    expect(reading.events).toEqual([])
    redis.clock += 10
    const before = redis.add('data', 'before')
    await settled()
    expect(reading.events).toEqual([])
    redis.clock += 100
    const after = redis.add('data', 'after')
    redis.clock += 10
    redis.add('data', 'live')
    await expect.poll(() => reading.events.at(-1)?.data).toBe('live')
    expect(gapsOf(reading)).toHaveLength(1)
    expect([before, lost].every((id) => Number.parseInt(gapsOf(reading)[0]!, 10) > Number.parseInt(id, 10))).toBe(true)
    expect(Number.parseInt(gapsOf(reading)[0]!, 10)).toBeGreaterThanOrEqual(Number.parseInt(after, 10))
  })

  it.each([
    ['empty', (): [string, string[]][] => []],
    ['older', (redis: FakeRedis): [string, string[]][] => redis.entries.slice(0, -1)],
  ])(
    'Redis comes back %s, with a clock that is behind: a reset tells nothing to a reader that is ahead',
    async (_, lose) => {
      const redis = new FakeRedis()
      redis.add('data', 'older')
      redis.clock += 10
      const { channel, present } = await begin(redis)
      const ahead = later(redis, 500)
      const reading = await come(channel, ahead)
      await settled()
      redis.entries = lose(redis)
      redis.clock -= 1000
      redis.cut()
      const other = await read(channel, { keepsReading: true })
      // The others are told at a mark, which is after the place that they had.
      const isAfter = (id = '0-0'): boolean => compareStreamIds(id, present) > 0
      await expect
        .poll(() => isAfter(redis.entries.find(([id, [name]]) => name === 'mark' && isAfter(id))?.[0]))
        .toBe(true)
      redis.add('data', 'soon')
      await expect.poll(() => other.events.at(-1)?.data).toBe('soon')
      await settled()
      expect(reading.events).toEqual([])
      redis.clock += 5000
      redis.add('data', 'past it')
      await expect.poll(() => gapsOf(reading).length).toBe(1)
      expect(Number.parseInt(gapsOf(reading)[0]!, 10)).toBeGreaterThan(Number.parseInt(ahead, 10))
    },
  )

  it('an id that is further ahead than a minute was forged: told at the present', async () => {
    const redis = new FakeRedis()
    const { channel, present } = await begin(redis)
    const reading = await come(channel, `${Date.now() + 120_000}-0`)
    await expect.poll(() => gapsOf(reading)).toEqual([present])
    // Nor does it leave a mark in the stream.
    expect(redis.entries.map(([, [name]]) => name)).toEqual(['data'])
  })

  it('the id of another stream is told as a gap, and leaves no mark', async () => {
    const redis = new FakeRedis()
    redis.add('data', 'old')
    redis.clock += 100
    const { channel, present } = await begin(redis)
    const reading = await come(channel, later(redis, -50))
    await expect.poll(() => gapsOf(reading)).toEqual([present])
    expect(redis.entries.map(([, [name]]) => name)).toEqual(['data', 'data'])
  })
})

describe.each([...OPENERS])('in a file, with %s', (_, open) => {
  it('an id of an end that was lost is told at a place after it', async () => {
    const { path, remove } = scratchFile()
    closing.push(remove)
    const database = openWal(open, path)
    closing.push(() => database.close())
    const first = sqliteHistory({ database })
    const kept = await first.publish({ event: 'n', data: '1', json: true })
    await first.close()
    // The next process reserves again, and what this one gave beyond its last on disk was lost.
    const lost = kept.replace(/\d+$/, (sequence) => String(Number(sequence) + 500))
    const channel = channelOn(sqliteHistory({ database }))
    const reading = await come(channel, lost)
    await expect.poll(() => gapsOf(reading).length).toBe(1)
    const [gap] = gapsOf(reading)
    expect(Number(gap!.split('-')[1])).toBeGreaterThan(Number(lost.split('-')[1]))
  })
})

if (OPENERS.size === 0) {
  it('in a file: tried where there is a SQLite', () => {
    expect(process.getBuiltinModule('node:sqlite')).toBeUndefined()
  })
}
