import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Commands } from '../../../src/redis/commands.js'
import { FakeRedis } from './fake-redis.js'

const TIMEOUT = 1000
/** After it, sockets are read once more. */
const LATE = TIMEOUT + 5

let redis: FakeRedis
let commands: Commands
beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(1)
  redis = new FakeRedis()
  commands = new Commands(redis)
})
afterEach(async () => {
  const closing = commands.close()
  await vi.runAllTimersAsync()
  await closing
  expect(vi.getTimerCount()).toBe(0)
  expect(redis.links.every(({ isClosed }) => isClosed)).toBe(true)
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const add = (data: string): Promise<unknown> => {
  const answer = commands.send(['XADD', 'key', '*', 'data', data], 'take the event', TIMEOUT)
  answer.catch(() => {})
  return answer
}
const stored = (): string[] => redis.entries.map(([, fields]) => fields[1]!)

describe('commands', () => {
  it('go over one connection in the order of the calls, whatever it took to open', async () => {
    redis.state = 'down'
    const early = ['a', 'b', 'c'].map(add)
    await vi.advanceTimersByTimeAsync(50)
    redis.state = 'up'
    early.push(add('d'))
    await vi.advanceTimersByTimeAsync(200)
    await Promise.all([...early, add('e'), add('f')])
    expect(stored()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(redis.open).toBe(1)
  })

  it('wait for a Redis that is still loading, and keep their order', async () => {
    let isLoading = true
    redis.before = () => {
      if (isLoading) throw new Error('LOADING Redis is loading the dataset in memory')
    }
    const answers = ['a', 'b'].map(add)
    await vi.advanceTimersByTimeAsync(300)
    isLoading = false
    await vi.advanceTimersByTimeAsync(500)
    await Promise.all(answers)
    expect(stored()).toEqual(['a', 'b'])
  })

  it('say so where Redis goes on loading for too long', async () => {
    redis.before = () => {
      throw new Error('LOADING Redis is loading the dataset in memory')
    }
    const answer = add('a')
    await vi.advanceTimersByTimeAsync(LATE)
    await expect(answer).rejects.toMatchObject({
      code: 'ERR_REDIS_REFUSED',
      published: 'no',
      message: expect.stringContaining('LOADING'),
    })
  })

  it('that could not be sent in time are never sent', async () => {
    redis.state = 'down'
    const late = add('late')
    await vi.advanceTimersByTimeAsync(TIMEOUT - 10)
    const next = add('next')
    await vi.advanceTimersByTimeAsync(LATE - TIMEOUT + 10)
    await expect(late).rejects.toMatchObject({ code: 'ERR_REDIS_CONNECTION', published: 'no' })
    redis.state = 'up'
    await vi.advanceTimersByTimeAsync(TIMEOUT - 10)
    await next
    expect(stored()).toEqual(['next'])
  })

  it('that were sent and not answered may have been carried out; the connection is given up', async () => {
    await add('a')
    redis.state = 'silent'
    const late = add('b')
    await vi.advanceTimersByTimeAsync(LATE)
    await expect(late).rejects.toMatchObject({ code: 'ERR_REDIS_TIMEOUT', published: 'unknown' })
    expect(redis.open).toBe(0)
    redis.state = 'up'
    await add('c')
    expect(stored()).toEqual(['a', 'c'])
  })

  it('that were under way when the connection was lost are not sent again', async () => {
    await add('a')
    redis.state = 'silent'
    const lost = add('b')
    await vi.advanceTimersByTimeAsync(1)
    redis.state = 'up'
    redis.cut()
    await expect(lost).rejects.toMatchObject({ code: 'ERR_REDIS_CONNECTION', published: 'unknown' })
    await add('c')
    expect(stored()).toEqual(['a', 'c'])
  })

  it('try to connect with growing pauses, and only as long as somebody waits', async () => {
    redis.state = 'down'
    const attempts = (): number => redis.links.length
    void add('a')
    await vi.advanceTimersByTimeAsync(LATE)
    const first = attempts()
    expect(first).toBeGreaterThan(2)
    expect(first).toBeLessThan(12)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(attempts() - first).toBeLessThanOrEqual(1)
    for (let second = 0; second < 30; second++) {
      void add('b')
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(attempts() - first).toBeLessThan(40)
  })

  it('are sent to whoever is the master now, when it is found out that another is', async () => {
    await add('a')
    redis.before = () => {
      throw new Error("READONLY You can't write against a read only replica.")
    }
    await expect(add('b')).rejects.toMatchObject({ code: 'ERR_REDIS_REFUSED', published: 'no' })
    redis.before = () => {}
    await add('c')
    expect(redis.links).toHaveLength(2)
    expect(redis.open).toBe(1)
  })

  it('that are under way are waited for at the end, those without a connection are not', async () => {
    await add('a')
    const last = add('b')
    await commands.close()
    await last
    expect(stored()).toEqual(['a', 'b'])
    await expect(add('c')).rejects.toMatchObject({ code: 'ERR_REDIS_CLOSED' })

    commands = new Commands(redis)
    redis.state = 'silent'
    const waiting = add('d')
    await vi.advanceTimersByTimeAsync(1)
    await commands.close()
    await expect(waiting).rejects.toMatchObject({ published: 'no' })
  })
})
