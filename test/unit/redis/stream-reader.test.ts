import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RedisTransportError } from '../../../src/redis/redis-error.js'
import { Commands } from '../../../src/redis/commands.js'
import { FollowedStream, type StreamListener } from '../../../src/redis/followed-stream.js'
import { StreamReader } from '../../../src/redis/stream-reader.js'
import type { StoredEntry } from '../../../src/redis/stored-entry.js'
import { compareStreamIds } from '../../../src/redis/stream-id.js'
import { FakeRedis } from './fake-redis.js'

const BLOCK = 1000

class Listener implements StreamListener {
  readonly log: string[] = []
  readonly errors: RedisTransportError[] = []

  constructor(readonly channel = '') {}

  onLost(): void {
    this.log.push('lost')
  }

  onPlace(position: string): void {
    this.log.push(`at ${position}`)
  }

  onStored({ message }: StoredEntry): void {
    this.log.push(message?.data ?? 'nothing')
  }

  onError(error: RedisTransportError): void {
    this.errors.push(error)
  }
}

/** A stream that a process follows, with connections of its own. */
class Process {
  readonly commands: Commands
  readonly reader: StreamReader
  readonly stream: FollowedStream

  constructor(redis: FakeRedis) {
    this.commands = new Commands(redis)
    this.reader = new StreamReader(redis, this.commands)
    this.stream = this.follow('key')
  }

  follow(key: string): FollowedStream {
    return new FollowedStream(this.reader, { key, blockMs: BLOCK, timeoutMs: 500 })
  }

  async close(): Promise<void> {
    await Promise.all([this.stream.close(), this.reader.close(), this.commands.close()])
  }
}

let redis: FakeRedis
let here: Process
let reader: FollowedStream
let listener: Listener
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  redis = new FakeRedis()
  here = new Process(redis)
  reader = here.stream
  listener = new Listener()
})
afterEach(async () => {
  const closing = here.close()
  await vi.runAllTimersAsync()
  await closing
  expect(vi.getTimerCount()).toBe(0)
  expect(redis.open).toBe(0)
  vi.useRealTimers()
})

/** Lets time pass, here and for Redis. */
const pass = async (ms: number): Promise<void> => {
  for (let done = 0; done < ms; done += 10) {
    redis.clock += 10
    await vi.advanceTimersByTimeAsync(10)
  }
}
const marks = (mark: string): string[] =>
  redis.entries.filter(([, [name, value]]) => name === 'mark' && value === mark).map(([id]) => id)
const event = (data: string, channel?: string): string =>
  redis.add('data', data, ...(channel === undefined ? [] : ['channel', channel]))

/** Begins at the last of some entries, whose id it gives. */
async function beginAt(...data: string[]): Promise<string> {
  let id = ''
  for (const text of data) {
    id = event(text)
    await pass(100)
  }
  reader.join(listener)
  await pass(10)
  return id
}

/** Reads up to an entry, which it gives, and loses the connection. */
async function readAndCut(): Promise<string> {
  const kept = await beginAt('kept')
  redis.state = 'down'
  redis.cut()
  return kept
}

describe('a reader of a stream', () => {
  it('begins after the newest entry, and reads on', async () => {
    event('old')
    const id = await beginAt('newest')
    event('a')
    await pass(10)
    event('b')
    await pass(10)
    expect(listener.log).toEqual([`at ${id}`, 'a', 'b'])
  })

  it('takes in what was added since it was asked, however long it took to get there', async () => {
    event('old')
    await pass(100)
    redis.state = 'down'
    reader.join(listener)
    await pass(2000)
    event('a')
    await pass(3000)
    event('b')
    redis.state = 'up'
    await pass(6000)
    expect(listener.log.slice(1)).toEqual(['a', 'b'])
  })

  it('does so where there was nothing before, and marks the beginning of an empty stream', async () => {
    redis.state = 'down'
    reader.join(listener)
    await pass(1000)
    const id = event('first')
    redis.state = 'up'
    await pass(6000)
    expect(listener.log[0]).not.toBe(`at ${id}`)
    expect(listener.log.slice(1)).toEqual(['first'])

    const empty = new FakeRedis()
    const other = new Process(empty)
    const beginner = new Listener()
    let added = ''
    // Another process is faster, at the worst of times.
    empty.before = (command) => {
      if (command === 'XADD') {
        empty.before = () => {}
        added = empty.add('data', 'fast')
      }
    }
    other.stream.join(beginner)
    await pass(50)
    expect(empty.entries.map(([, [name]]) => name)).toEqual(['data', 'mark'])
    expect(beginner.log).toHaveLength(2)
    expect(beginner.log[1]).toBe('fast')
    expect(beginner.log[0]).not.toBe(`at ${added}`)
    await other.close()
  })

  it('begins at the present where the time is not to be known, or was set back', async () => {
    const id = event('old')
    redis.before = (command) => {
      if (command === 'TIME') throw new Error('NOPERM no')
    }
    reader.join(listener)
    await pass(50)
    expect(listener.log).toEqual([`at ${id}`])
    await here.close()

    redis.before = () => {}
    redis.clock += 5_000_000
    const future = event('from the future')
    redis.clock -= 5_000_000
    here = new Process(redis)
    reader = here.stream
    const other = new Listener()
    reader.join(other)
    await pass(50)
    expect(other.log).toEqual([`at ${future}`])
  })

  it('notices that an entry of its own process was lost, though what it had read is there', async () => {
    const kept = await readAndCut()
    // Acknowledged, read by nobody, and lost.
    reader.added(`${redis.clock}-0`, 1)
    await pass(50)
    redis.state = 'up'
    await pass(1000)
    event('after')
    await pass(10)
    const mark = redis.entries.find(([, [name]]) => name === 'mark')!
    expect(mark[1]).toEqual(['mark', 'break'])
    expect(listener.log).toEqual([`at ${kept}`, 'lost', `at ${mark[0]}`, 'after'])
  })

  it('notices so too where later entries of its own process are there', async () => {
    const kept = await readAndCut()
    // Acknowledged before Redis lost it; what follows came over the next connection.
    reader.added(`${redis.clock}-0`, 1)
    await pass(50)
    reader.added(event('later'), 2)
    redis.state = 'up'
    await pass(1000)
    const mark = redis.entries.find(([, [name]]) => name === 'mark')!
    expect(listener.log).toEqual([`at ${kept}`, 'lost', `at ${mark[0]}`])
  })

  it('is not taken in by another entry with the id of the one it read last', async () => {
    await beginAt('old')
    event('a')
    await pass(10)
    redis.state = 'down'
    redis.cut()
    // The stream begins anew, with a clock that was set back.
    redis.entries = redis.entries.slice(1).map(([id]) => [id, ['data', 'b']])
    redis.state = 'up'
    await pass(1000)
    event('c')
    await pass(10)
    expect(listener.log.slice(1, 3)).toEqual(['a', 'lost'])
    expect(listener.log.slice(4)).toEqual(['c'])
  })

  it('takes the mark of another process for the same loss', async () => {
    const lost = await beginAt('kept', 'lost')
    redis.cut()
    redis.entries = redis.entries.filter(([id]) => id !== lost)
    redis.add('mark', 'break')
    // Readers of the process that left the mark may have this, and come here.
    event('read elsewhere')
    await pass(1000)
    const [place, ...others] = marks('start')
    event('after')
    await pass(10)
    expect(listener.log).toEqual([`at ${lost}`, 'lost', `at ${place}`, 'after'])
    expect(others).toEqual([])
    expect(marks('break'), 'one is enough').toHaveLength(1)
  })

  it('is told of a loss by the mark of another process', async () => {
    const id = await beginAt('old')
    event('a')
    await pass(10)
    redis.state = 'down'
    redis.cut()
    redis.add('mark', 'break')
    event('read elsewhere')
    redis.state = 'up'
    await pass(1000)
    event('b')
    await pass(10)
    expect(listener.log).toEqual([`at ${id}`, 'a', 'lost', `at ${marks('start')[0]}`, 'b'])
    expect(marks('break'), 'one is enough').toHaveLength(1)
  })

  it('goes on after all that was lost while it was cut off, also where the mark is of an earlier loss', async () => {
    const lost = await beginAt('kept', 'lost at first')
    redis.state = 'down'
    redis.cut()
    redis.entries.pop()
    redis.add('mark', 'break')
    await pass(50)
    // Acknowledged to this process, and lost as well.
    const own = `${redis.clock}-0`
    reader.added(own, 2)
    await pass(50)
    redis.state = 'up'
    await pass(1000)
    const [, second] = marks('break')
    expect(listener.log).toEqual([`at ${lost}`, 'lost', `at ${second}`])
    expect(compareStreamIds(second!, own)).toBeGreaterThan(0)
  })

  it('leaves a mark for what was lost while it was looking for a place', async () => {
    await beginAt('kept', 'lost at first')
    redis.entries.pop()
    redis.add('mark', 'break')
    redis.before = (command) => {
      if (command !== 'XADD') return
      redis.before = () => {}
      redis.state = 'down'
      redis.cut()
    }
    await pass(BLOCK + 50)
    // It has left a mark and not heard of it; this was acknowledged meanwhile, and lost.
    expect(marks('start')).toHaveLength(1)
    reader.added(`${redis.clock}-0`, 2)
    redis.state = 'up'
    await pass(5 * BLOCK)
    expect(listener.log.at(-1)).toBe(`at ${marks('break').at(-1)}`)
    expect(marks('break')).toHaveLength(2)
  })

  it('where it may not write, it goes on with the next entry of others, and not before what was lost', async () => {
    const lost = await beginAt('kept', 'lost')
    redis.before = (command) => {
      if (command === 'XADD') throw new Error('NOPERM no')
    }
    redis.entries.pop()
    await pass(BLOCK + 5000)
    expect(listener.log.filter((text) => text !== 'lost')).toEqual([`at ${lost}`])
    expect(listener.errors.map(({ code }) => code)).toEqual(['ERR_REDIS_PERMISSION'])
    const next = event('next')
    await pass(5000)
    event('after')
    await pass(10)
    expect(compareStreamIds(next, lost)).toBeGreaterThan(0)
    expect(listener.log.filter((text) => text !== 'lost')).toEqual([`at ${lost}`, `at ${next}`, 'after'])
  })

  it('tells of trouble once for each reason, and comes back', async () => {
    await beginAt('old')
    redis.state = 'down'
    redis.cut()
    await pass(20_000)
    expect(listener.errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('Connection is closed'),
      expect.stringContaining('ECONNREFUSED'),
    ])
    expect(redis.links.length).toBeLessThan(30)
    redis.state = 'silent'
    await pass(10_000)
    expect(listener.errors.map(({ code }) => code)).toEqual([
      'ERR_REDIS_CONNECTION',
      'ERR_REDIS_CONNECTION',
      'ERR_REDIS_TIMEOUT',
    ])
    redis.state = 'up'
    event('a')
    await pass(6000)
    expect(listener.log.at(-1)).toBe('a')
    redis.state = 'down'
    redis.cut()
    await pass(100)
    expect(listener.errors.length, 'a new outage').toBeGreaterThan(3)
  })

  it('reads for all channels with one connection', async () => {
    event('old')
    await pass(100)
    const sports = new Listener('sports')
    reader.join(listener)
    reader.join(sports)
    await pass(10)
    const late = new Listener()
    event('a', 'sports')
    event('b')
    await pass(10)
    const position = redis.entries.at(-1)![0]
    reader.join(late)
    event('c')
    await pass(10)
    reader.leave(listener)
    event('d')
    await pass(10)
    expect(listener.log.slice(1)).toEqual(['b', 'c'])
    expect(sports.log.slice(1)).toEqual(['a'])
    expect(late.log).toEqual([`at ${position}`, 'c', 'd'])
    expect(redis.links).toHaveLength(1)
  })
})

describe('a reader of many streams', () => {
  const follow = (key: string): { stream: FollowedStream; listener: Listener } => {
    const stream = here.follow(key)
    const own = new Listener()
    stream.join(own)
    return { stream, listener: own }
  }
  const names = Array.from({ length: 50 }, (_, n) => `key-${n}`)

  it('has one connection, and two commands for an event', async () => {
    for (const name of names) redis.addTo(name, 'data', 'old')
    await pass(100)
    const followed = names.map(follow)
    await pass(20)
    redis.sent.length = 0
    for (let round = 0; round < 100; round++) {
      redis.addTo(names[(round * 7) % 50]!, 'data', `${round}`)
      await pass(10)
    }
    for (const [index, { listener: own }] of followed.entries()) {
      const rounds = Array.from({ length: 100 }, (_, round) => round).filter((round) => (round * 7) % 50 === index)
      expect(own.log.slice(1)).toEqual(rounds.map(String))
    }
    expect(redis.links).toHaveLength(1)
    // And one look at all places, because a second has passed.
    expect(redis.sent.length).toBeLessThanOrEqual(202)
  })

  it('looks after all places within blockMs, though one stream is busy', async () => {
    const [quiet] = [names[0]!, names[1]!].map((name) => (redis.addTo(name, 'data', 'old'), follow(name)))
    await pass(20)
    redis.streams.delete(names[0]!)
    for (let round = 0; round < BLOCK / 10 + 10; round++) {
      redis.addTo(names[1]!, 'data', `${round}`)
      await pass(10)
    }
    expect(quiet!.listener.log[1]).toBe('lost')
    expect(redis.streams.get(names[0]!)).toEqual([[expect.any(String), ['mark', 'start']]])
  })

  it('reads a stream that comes while it waits for others', async () => {
    const one = follow('one')
    await pass(50)
    const two = follow('two')
    await pass(50)
    redis.addTo('two', 'data', 'a')
    await pass(50)
    expect(two.listener.log.slice(1)).toEqual(['a'])
    redis.addTo('one', 'data', 'b')
    await pass(50)
    const { length } = redis.sent
    redis.addTo('two', 'data', 'c')
    await pass(10)
    expect(two.listener.log.slice(1)).toEqual(['a', 'c'])
    expect(one.listener.log.slice(1)).toEqual(['b'])
    expect(redis.sent.slice(length)).toEqual(['XREAD', 'XREAD'])
    expect(redis.links.filter(({ isOpen }) => isOpen)).toHaveLength(2)
  })

  it('sets a stream aside that Redis refuses, and reads the others', async () => {
    const [good, bad] = ['good', 'bad'].map(follow)
    await pass(50)
    redis.before = (command, args) => {
      if (command === 'XREAD' && args.includes('bad')) throw new Error('WRONGTYPE Operation against a key')
    }
    redis.addTo('bad', 'data', 'unseen')
    await pass(20)
    for (const data of ['a', 'b']) {
      redis.addTo('good', 'data', data)
      await pass(1500)
    }
    expect(good!.listener.log.slice(1)).toEqual(['a', 'b'])
    expect(good!.listener.errors).toEqual([])
    expect(bad!.listener.errors.map(({ code }) => code)).toEqual(['ERR_REDIS_WRONG_TYPE'])
    redis.before = () => {}
    await pass(1500)
    expect(bad!.listener.log.slice(1)).toEqual(['unseen'])
    expect(redis.links).toHaveLength(1)
  })

  it('goes on with the others when one leaves, and closes the connection after the last', async () => {
    const [one, two] = ['one', 'two'].map(follow)
    await pass(50)
    await one!.stream.close()
    redis.addTo('one', 'data', 'unheard')
    redis.addTo('two', 'data', 'a')
    await pass(20)
    expect(one!.listener.log).toHaveLength(1)
    expect(two!.listener.log.slice(1)).toEqual(['a'])
    const closing = two!.stream.close()
    await pass(50)
    await closing
    expect(redis.open).toBe(0)
    const again = follow('two')
    await pass(50)
    redis.addTo('two', 'data', 'b')
    await pass(20)
    expect(again.listener.log.slice(1)).toEqual(['b'])
  })
})
