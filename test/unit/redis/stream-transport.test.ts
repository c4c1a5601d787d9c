import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Commands } from '../../../src/redis/commands.js'
import { FollowedStream } from '../../../src/redis/followed-stream.js'
import { StreamReader } from '../../../src/redis/stream-reader.js'
import { StreamTransport } from '../../../src/redis/stream-transport.js'
import { compareStreamIds } from '../../../src/redis/stream-id.js'
import { FakeRedis } from './fake-redis.js'

const LIMITS = { size: 10, maxAge: 1e12, maxBytes: 1e6 }

let redis: FakeRedis
let transport: StreamTransport
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  redis = new FakeRedis()
  const commands = new Commands(redis)
  const reader = new StreamReader(redis, commands)
  const stream = new FollowedStream(reader, { key: 'key', blockMs: 1000, timeoutMs: 500 })
  const release = async (): Promise<void> =>
    void (await Promise.all([stream.close(), commands.close(), reader.close()]))
  transport = new StreamTransport({ commands, stream, key: 'key', release }, { channel: '', maxLen: 9, timeoutMs: 500 })
})
afterEach(async () => {
  const closing = transport.close()
  await vi.runAllTimersAsync()
  await closing
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

it('a reader whose id was lost is told of a gap only where nothing it may have been given follows', async () => {
  const log: string[] = []
  transport.subscribe(
    { onReset: () => {}, onEntry: ({ data }) => log.push(data), onError: () => {}, onEnd: () => {} },
    { ...LIMITS, size: 1 },
  )
  await vi.advanceTimersByTimeAsync(10)
  redis.add('data', 'a')
  await vi.advanceTimersByTimeAsync(10)
  // Another process gives its readers b and c, and this one is late. Then Redis goes back in time: c is lost.
  redis.before = (command) => {
    if (command === 'XREAD') throw new Error('LOADING')
  }
  redis.cut()
  redis.clock += 100
  redis.add('data', 'b')
  redis.clock += 100
  const lost = `${redis.clock}-0`
  const answer = transport.has(lost)
  let seen: string[] | undefined
  void Promise.resolve(answer).then(() => (seen = [...log]))
  await vi.advanceTimersByTimeAsync(100)
  expect(seen).toBeUndefined()
  redis.before = () => {}
  await vi.advanceTimersByTimeAsync(1000)
  expect(await answer).toBe('unknown')
  expect(seen).toEqual(['a', 'b'])
})

it('a reader that is ahead when entries are found to be lost is not sent back', async () => {
  redis.add('data', 'kept')
  redis.clock += 100
  const lost = redis.add('data', 'lost')
  redis.clock += 100
  const log: string[] = []
  transport.subscribe(
    {
      onReset: (position) => log.push(position),
      onEntry: ({ data }) => log.push(data),
      onError: () => {},
      onEnd: () => {},
    },
    LIMITS,
  )
  await vi.advanceTimersByTimeAsync(10)
  expect(log).toEqual([lost])

  // Redis has gone back in time; another process has noticed, and its readers have read on.
  redis.entries = redis.entries.filter(([id]) => id !== lost)
  redis.add('mark', 'break')
  const ahead = redis.add('data', 'read elsewhere')
  const answers: unknown[] = []
  redis.before = (command) => {
    // Later than the place is asked for, and before the channel has it.
    if (command !== 'XREVRANGE') return
    redis.before = () => {}
    const answer = transport.has(ahead)
    void Promise.resolve(answer).catch((error) => answers.push(error))
  }
  await vi.advanceTimersByTimeAsync(2000)
  redis.add('data', 'after')
  await vi.advanceTimersByTimeAsync(10)
  const place = redis.entries.find(([, [, value]]) => value === 'start')![0]
  expect(compareStreamIds(place, ahead)).toBeGreaterThan(0)
  expect(log).toEqual([lost, place, 'after'])
  expect(answers).toEqual([expect.objectContaining({ code: 'ERR_REDIS_CONNECTION' })])
  expect(await transport.has(ahead)).toBe(true)
})
