import { Redis } from 'ioredis'
import { createClient, RESP_TYPES } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { redisStreams } from '../../../src/redis/redis-streams.js'
import { clientOf, LIBRARIES, transportOf } from '../../support/redis/clients.js'
import { LIMITS, Recorder, replay, tick } from '../../support/redis/recorder.js'
import { RedisServer } from '../../support/redis/server.js'

let server: RedisServer
beforeAll(async () => {
  server = await RedisServer.start()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(async () => {
  await server.run('FLUSHALL')
  await server.run('CONFIG', 'RESETSTAT')
})

const blocked = async (): Promise<number> => (await server.clients()).filter((line) => / flags=b/.test(line)).length

const closedAll = (): Promise<void> => expect.poll(async () => (await server.clients()).length).toBe(0)

describe.each(LIBRARIES)('a channel on Redis through %s', (library) => {
  it('is one order for all processes', async () => {
    await using one = transportOf(library, server.port)
    await using two = transportOf(library, server.port)
    const recorders = [new Recorder(one), new Recorder(two)]
    await Promise.all(recorders.map((recorder) => recorder.placed()))
    const ids = await Promise.all(
      Array.from({ length: 200 }, (_, index) => (index % 2 ? one : two).publish(tick(String(index)))),
    )
    await Promise.all(recorders.map((recorder) => recorder.until(({ entries }) => entries.length === 200)))
    const [first, second] = recorders.map(({ entries }) => entries.map(({ id, data }) => `${id} ${data}`))
    expect(first).toEqual(second)
    expect(new Set(recorders[0]!.entries.map(({ id }) => id))).toEqual(new Set(ids))
    expect(
      recorders[0]!.entries.every(({ id }, index, all) => index === 0 || one.compare(all[index - 1]!.id, id) < 0),
    ).toBe(true)
    const odd = recorders[0]!.entries.map(({ data }) => Number(data)).filter((number) => number % 2)
    expect(odd, 'the order of the calls, within one process').toEqual(Array.from(odd, (_, index) => index * 2 + 1))
  })

  it('carries all that a message has', async () => {
    await using transport = transportOf(library, server.port)
    const recorder = new Recorder(transport)
    await recorder.placed()
    const message = {
      event: 'naïve 名',
      data: '{"a":"\u0000 \ud83d\ude00\\n"}\r\nnext',
      json: true,
      topic: 't',
      conflateKey: '',
      ephemeral: true,
    }
    const id = await transport.publish(message)
    const { wire, ...entry } = await recorder.heard(message.data)
    expect(entry).toEqual({ id, ...message })
    expect(Buffer.from(wire).toString()).toContain(`id: ${id}\n`)
  })

  it('delivers what is published after the subscription, though Redis has not answered yet', async () => {
    await using reading = transportOf(library, server.port)
    await using writing = transportOf(library, server.port)
    // With a connection, so that it is the first to reach Redis.
    await writing.publish(tick('before'))
    const recorder = new Recorder(reading)
    await writing.publish(tick('after'))
    await recorder.heard('after')
    expect(recorder.log.slice(0, 2)).toContain('reset')
  })

  it('delivers nothing that was published before the subscription, however little before', async () => {
    for (let round = 0; round < 20; round++) {
      await using transport = transportOf(library, server.port)
      await transport.publish(tick('before'))
      const recorder = new Recorder(transport)
      const publishing = transport.publish(tick(`after ${round}`))
      await recorder.heard(`after ${round}`)
      await publishing
      expect(recorder.log).toEqual(['reset', `after ${round}`])
    }
  })

  it('begins before the first event of a stream that did not exist', async () => {
    await using reading = transportOf(library, server.port)
    await using writing = transportOf(library, server.port, { key: 'others' })
    await writing.publish(tick('connects'))
    await using writer = transportOf(library, server.port)
    const recorder = new Recorder(reading)
    await Promise.all([writer.publish(tick('first')), writer.publish(tick('second'))])
    await recorder.heard('second')
    expect(recorder.log).toEqual(['reset', 'first', 'second'])
  })

  it('says what can be resumed', async () => {
    await using transport = transportOf(library, server.port)
    const recorder = new Recorder(transport, { ...LIMITS, size: 2 })
    const place = await recorder.placed()
    const ids: string[] = []
    for (const data of ['a', 'b', 'c', 'd']) ids.push(await transport.publish(tick(data)))
    await recorder.heard('d')
    expect(transport.has(ids[3]!), 'from memory').toBe(true)
    expect(transport.range(ids[2]!, ids[3]!), 'from memory').toMatchObject({ position: ids[3] })
    expect(await transport.has(ids[0]!), 'from Redis').toBe(true)
    expect(await replay(transport, ids[0]!, ids[3]!)).toEqual(['b', 'c', 'd'])
    expect(await replay(transport, place, ids[3]!)).toEqual(['a', 'b', 'c', 'd'])
    expect(await transport.has('1-1')).toBe('expired')
    expect(await transport.has('18446744073709551615-1')).toBe('unknown')
    const [time, sequence] = ids[1]!.split('-')
    expect(await transport.has(`${time}-${Number(sequence) + 1000}`), 'between two').toBe('unknown')
    for (const text of [
      '',
      '-',
      '1',
      '1-',
      '01-1',
      '1-1 ',
      'x-1',
      '18446744073709551616-0',
      '0x1-0',
      'a'.repeat(256),
    ]) {
      expect(transport.has(text), text).toBe('unknown')
    }
    await server.run('XDEL', 'events', ids[0]!)
    expect(await transport.has(ids[0]!), 'an entry that is gone').toBe('unknown')
    expect(await transport.range(ids[0]!, ids[3]!)).toBeUndefined()
    const gone = await server.run('XADD', 'events', '*', 'data', 'e')
    await recorder.heard('e')
    await server.run('XDEL', 'events', String(gone))
    expect(await transport.range(place, String(gone)), 'an end that is gone').toBeUndefined()
  })

  it('replays page by page, and breaks off where the next page was trimmed', async () => {
    await using transport = transportOf(library, server.port)
    const recorder = new Recorder(transport, { ...LIMITS, size: 0 })
    const place = await recorder.placed()
    const data = Array.from({ length: 300 }, (_, index) => `${index} ${'x'.repeat(2000)}`)
    const ids = await Promise.all(data.map((text) => transport.publish(tick(text))))
    await recorder.heard(data.at(-1)!)
    expect(await replay(transport, place, ids.at(-1)!)).toEqual(data)
    const page = await transport.range(place, ids.at(-1)!)
    const bytes = page!.entries.reduce((sum, { wire }) => sum + wire.byteLength, 0)
    expect(bytes).toBeGreaterThan(20_000)
    expect(bytes).toBeLessThan(150_000)
    await server.run('XTRIM', 'events', 'MAXLEN', 5)
    expect(await transport.range(page!.position, ids.at(-1)!)).toBeUndefined()
    expect(await transport.has(page!.position)).toBe('expired')
    expect(await replay(transport, ids.at(-5)!, ids.at(-1)!)).toEqual(data.slice(-4))
  })

  it('leaves out of a replay what was for the readers of the moment', async () => {
    await using transport = transportOf(library, server.port)
    const recorder = new Recorder(transport, { ...LIMITS, size: 0 })
    const place = await recorder.placed()
    await transport.publish(tick('a'))
    const id = await transport.publish({ ...tick('b'), ephemeral: true })
    const last = await transport.publish(tick('c'))
    await recorder.heard('c')
    expect(recorder.log).toEqual(['reset', 'a', 'b', 'c'])
    expect(await replay(transport, place, last)).toEqual(['a', 'c'])
    expect(await transport.has(id)).toBe(true)
    expect(await replay(transport, id, last)).toEqual(['c'])
  })

  it('answers those who come back after a start from memory, and the same question once', async () => {
    await using before = transportOf(library, server.port)
    const ids: string[] = []
    for (let index = 0; index < 150; index++) ids.push(await before.publish(tick(String(index))))
    await using after = transportOf(library, server.port)
    const recorder = new Recorder(after, { ...LIMITS, size: 100 })
    await recorder.placed()
    await server.run('CONFIG', 'RESETSTAT')
    expect(after.has(ids[60]!)).toBe(true)
    expect(after.range(ids[60]!, ids[149]!)).toMatchObject({ entries: { length: 89 }, position: ids[149] })
    const old = ids[10]!
    const answers = await Promise.all(Array.from({ length: 1000 }, () => after.has(old)))
    expect(new Set(answers)).toEqual(new Set([true]))
    const pages = await Promise.all(Array.from({ length: 1000 }, () => after.range(old, ids[149]!)))
    expect(new Set(pages).size).toBe(1)
    // Those of the reader aside, which looks after its place.
    const { xrange, xread = 0 } = await server.calls()
    expect(xrange! - xread).toBeLessThanOrEqual(3)
  })

  it('shares connections and streams between channels', async () => {
    const client = clientOf(library, server.port)
    const names = ['', 'sports', 'weather']
    const transports = names.map((channel) =>
      redisStreams({ client, key: 'events', blockMs: 200, ...(channel && { channel }) }),
    )
    const recorders = transports.map((transport) => new Recorder(transport, { ...LIMITS, size: 0 }))
    await Promise.all(recorders.map((recorder) => recorder.placed()))
    const [place] = recorders[0]!.resets
    let last = ''
    for (let index = 0; index < 30; index++) last = await transports[index % 3]!.publish(tick(`${index}`))
    await recorders[2]!.heard('29')
    for (const [index, recorder] of recorders.entries()) {
      const own = Array.from({ length: 10 }, (_, count) => String(count * 3 + index))
      expect(recorder.log).toEqual(['reset', ...own])
      expect(await replay(transports[index]!, place!, last)).toEqual(own)
    }
    expect(await blocked()).toBe(1)
    expect(await server.clients()).toHaveLength(2)
    await transports[0]!.close()
    await transports[0]!.close()
    await transports[1]!.publish(tick('still there'))
    await recorders[1]!.heard('still there')
    await Promise.all([transports[1]!.close(), transports[2]!.close()])
    await closedAll()
  })

  it('takes in events of other programs, and says what is none', async () => {
    await using transport = transportOf(library, server.port)
    const recorder = new Recorder(transport)
    await recorder.placed()
    await server.run('XADD', 'events', '*', 'data', 'plain')
    await server.run('XADD', 'events', '*', 'event', 'a\nb', 'data', 'broken')
    await server.run('XADD', 'events', '*', 'something', 'else')
    await server.run('XADD', 'events', '*', 'event', 'price', 'data', '{"a":1}', 'json', '1')
    await recorder.heard('{"a":1}')
    expect(recorder.entries.map(({ event, data, json }) => ({ event, data, json }))).toEqual([
      { event: 'message', data: 'plain', json: false },
      { event: 'price', data: '{"a":1}', json: true },
    ])
    expect(recorder.codes).toEqual(['ERR_REDIS_ENTRY', 'ERR_REDIS_ENTRY'])
  })

  it('starts when Redis does', async () => {
    await using late = await RedisServer.start()
    await late.kill()
    await using transport = transportOf(library, late.port)
    const recorder = new Recorder(transport)
    await recorder.until(({ codes }) => codes.includes('ERR_REDIS_CONNECTION'))
    const publishing = transport.publish(tick('early'))
    await late.launch()
    await publishing
    await recorder.heard('early')
  })

  it('leaves nothing open, however early it is closed', async () => {
    for (const delay of [0, 1, 5, 20]) {
      const transport = transportOf(library, server.port)
      const recorder = new Recorder(transport)
      const publishing = Promise.allSettled([transport.publish(tick('a'))])
      await new Promise((resolve) => setTimeout(resolve, delay))
      await transport.close()
      await publishing
      const count = recorder.log.length
      await expect(transport.publish(tick('late'))).rejects.toMatchObject({ code: 'ERR_REDIS_CLOSED', published: 'no' })
      expect(recorder.log).toHaveLength(count)
    }
    await redisStreams({ client: clientOf(library, server.port), key: 'events' }).close()
    await closedAll()
  })
})

it('takes the settings of a client of ioredis that are about the server, and no others', async () => {
  await server.run('ACL', 'SETUSER', 'someone', 'on', '>secret', 'allkeys', 'allcommands')
  const client = new Redis({
    port: server.port,
    username: 'someone',
    password: 'secret',
    db: 3,
    keyPrefix: 'app:',
    enableAutoPipelining: true,
    commandTimeout: 20,
    blockingTimeout: 20,
    socketTimeout: 50,
    stringNumbers: true,
    replyMapping: 'resp3',
    protocol: 3,
  })
  const transport = redisStreams({ client, key: 'events', blockMs: 500 })
  const recorder = new Recorder(transport)
  const place = await recorder.placed()
  await new Promise((resolve) => setTimeout(resolve, 200))
  const id = await transport.publish(tick('a'))
  await recorder.heard('a')
  expect(await replay(transport, place, id)).toEqual(['a'])
  expect(recorder.errors).toEqual([])
  // Its own commands have 20 ms, which a busy machine may take.
  await expect.poll(async () => String(await client.exists('events')), { timeout: 20_000 }).toBe('1')
  expect(
    (await server.clients()).filter((line) => line.includes('db=3') && line.includes('user=someone')),
  ).toHaveLength(3)
  await transport.close()
  await expect.poll(() => client.ping(), { timeout: 20_000 }).toBe('PONG')
  client.disconnect()
})

it('takes the settings of a client of node-redis that are about the server, and no others', async () => {
  await server.run('ACL', 'SETUSER', 'someone', 'on', '>secret', 'allkeys', 'allcommands')
  const client = createClient({
    url: `redis://someone:secret@127.0.0.1:${server.port}/3`,
    RESP: 3,
    clientSideCache: { ttl: 0, maxEntries: 0, evictPolicy: 'LRU' },
    commandOptions: { timeout: 20, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    pingInterval: 10,
    commandsQueueMaxLength: 1,
    socket: { socketTimeout: 50 },
  })
  const transport = redisStreams({ client, key: 'events', blockMs: 500 })
  const recorder = new Recorder(transport)
  const place = await recorder.placed()
  await new Promise((resolve) => setTimeout(resolve, 200))
  const ids = await Promise.all([transport.publish(tick('a')), transport.publish(tick('b'))])
  await recorder.heard('b')
  expect(await replay(transport, place, ids[1])).toEqual(['a', 'b'])
  expect(recorder.errors).toEqual([])
  expect(client.isOpen, 'left alone').toBe(false)
  expect(
    (await server.clients()).filter((line) => line.includes('db=3') && line.includes('user=someone')),
  ).toHaveLength(2)
  await transport.close()
})
