import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect as netConnect } from 'node:net'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isEventWireError } from '../../../src/errors.js'
import { RedisTransportError } from '../../../src/redis/redis-error.js'
import { redisStreams } from '../../../src/redis/redis-streams.js'
import { type Channel, createChannel } from '../../../src/server/channel/create-channel.js'
import { Cleanup } from '../../support/leaks/cleanup.js'
import { clientOf, LIBRARIES, transportOf, type Library } from '../../support/redis/clients.js'
import { buildNodeProgram, RedisNode } from '../../support/redis/nodes.js'
import { RecordingReader } from '../../support/redis/readers.js'
import { Recorder, tick } from '../../support/redis/recorder.js'
import { RedisServer } from '../../support/redis/server.js'

let cleanup: Cleanup
let server: RedisServer
beforeEach(async () => {
  cleanup = new Cleanup()
  server = cleanup.use(await RedisServer.start({ persistence: 'log', config: { user: 'app on >secret ~* &* +@all' } }))
})
afterEach(() => cleanup[Symbol.asyncDispose]())

interface Running {
  channel: Channel
  reader: RecordingReader
  codes: string[]
  /** How many connections there have been. */
  opened: () => number
}

async function start(library: Library, timeoutMs = 500): Promise<Running> {
  const client =
    library === 'ioredis'
      ? new Redis({ port: server.port, username: 'app', password: 'secret', lazyConnect: true })
      : createClient({ url: `redis://app:secret@127.0.0.1:${server.port}` })
  const codes: string[] = []
  let opened = 0
  const channel = createChannel({
    transport: redisStreams({ client, key: 'events', blockMs: 200, timeoutMs }),
    onError: (error) => void codes.push((error as RedisTransportError).code),
    metrics: { open: () => void opened++ },
  })
  const http = createServer((req, res) => void channel.node(req, res)).listen(0, '127.0.0.1')
  await once(http, 'listening')
  cleanup.defer(async () => {
    await channel.close()
    http.close()
  })
  const reader = new RecordingReader(`http://127.0.0.1:${(http.address() as AddressInfo).port}`)
  cleanup.defer(() => reader.close())
  await reader.ready()
  return { channel, reader, codes, opened: () => opened }
}

const failure = async (publishing: Promise<string>): Promise<RedisTransportError> => {
  const error = await publishing.then(
    () => expect.fail('it was published'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(RedisTransportError)
  expect(isEventWireError(error)).toBe(true)
  return error as RedisTransportError
}

/** Resolves when events can be published again. Those it takes to find out are called `probe`. */
async function recovered({ channel }: Running): Promise<void> {
  await expect
    .poll(() =>
      channel.publish('tick', `probe ${Math.random()}`).then(
        () => 'published',
        () => 'refused',
      ),
    )
    .toBe('published')
}

async function received({ channel, reader }: Running, name: string): Promise<string[]> {
  await reader.reached({ name, id: await channel.publish('tick', name) })
  await expect.poll(() => reader.items.some((item) => item.kind === 'event' && item.name === name)).toBe(true)
  return reader.items
    .map((item) => (item.kind === 'event' ? item.name : `gap: ${item.reason}`))
    .filter((text) => !text.startsWith('probe'))
}

describe.each(LIBRARIES)('through %s', (library) => {
  it('wrong type at the key', async () => {
    const running = await start(library)
    await received(running, 'a')
    await server.run('SET', 'events', 'text')
    const error = await failure(running.channel.publish('tick', 'b'))
    expect(error).toMatchObject({ code: 'ERR_REDIS_WRONG_TYPE', published: 'no' })
    expect(error.message).toMatch(/did not take the event.*WRONGTYPE.*something else than a stream/)
    await expect.poll(() => running.codes).toContain('ERR_REDIS_WRONG_TYPE')
    await server.run('DEL', 'events')
    await expect.poll(() => running.reader.gaps).toEqual(['reset'])
    expect(await received(running, 'c')).toEqual(['a', 'gap: reset', 'c'])
    expect(running.opened(), 'the reader was kept').toBe(1)
  })

  it('no permission', async () => {
    const running = await start(library)
    await server.run('ACL', 'SETUSER', 'app', '-xadd')
    const error = await failure(running.channel.publish('tick', 'a'))
    expect(error).toMatchObject({ code: 'ERR_REDIS_PERMISSION', published: 'no' })
    expect(error.message).toMatch(/NOPERM.*\+xadd/)
    await server.run('ACL', 'SETUSER', 'app', '-xread')
    await expect.poll(() => running.codes).toContain('ERR_REDIS_PERMISSION')
    await server.run('ACL', 'SETUSER', 'app', '+xadd', '+xread')
    expect(await received(running, 'b')).toEqual(['b'])
    expect(running.opened(), 'the reader was kept').toBe(1)
  })

  it('a password that is no longer right', async () => {
    const running = await start(library)
    await received(running, 'a')
    await server.run('ACL', 'SETUSER', 'app', 'resetpass', '>other')
    await server.run('CLIENT', 'KILL', 'USER', 'app')
    await expect.poll(() => running.codes).toContain('ERR_REDIS_PERMISSION')
    const error = await failure(running.channel.publish('tick', 'b'))
    expect(error).toMatchObject({ code: 'ERR_REDIS_PERMISSION', published: 'no' })
    await server.run('ACL', 'SETUSER', 'app', '>secret')
    await recovered(running)
    expect(await received(running, 'd')).toEqual(['a', 'd'])
  })

  it.each([
    ['memory full', 'maxmemory', 'ERR_REDIS_MEMORY', /OOM.*maxmemory/],
    ['another refusal', 'min-replicas-to-write', 'ERR_REDIS_REFUSED', /NOREPLICAS/],
  ])('%s', async (_, setting, code, message) => {
    const running = await start(library)
    await server.run('CONFIG', 'SET', setting, '1')
    const error = await failure(running.channel.publish('tick', 'a'))
    expect(error).toMatchObject({ code, published: 'no' })
    expect(error.message).toMatch(message)
    await server.run('CONFIG', 'SET', setting, '0')
    expect(await received(running, 'b')).toEqual(['b'])
    expect(running.opened(), 'the reader was kept').toBe(1)
  })

  it('Redis does not answer', async () => {
    const running = await start(library, 300)
    await received(running, 'a')
    server.pause()
    const errors = await Promise.all([
      failure(running.channel.publish('tick', 'b')),
      failure(running.channel.publish('tick', 'b2')),
    ])
    for (const error of errors) expect(error.published).toBe('unknown')
    expect(errors[0]).toMatchObject({ code: 'ERR_REDIS_TIMEOUT' })
    expect(errors[0]!.message).toMatch(/within 300 ms/)
    // No connection can be made either.
    expect(await failure(running.channel.publish('tick', 'c'))).toMatchObject({
      code: 'ERR_REDIS_CONNECTION',
      published: 'no',
    })
    await expect.poll(() => running.codes.length).toBeGreaterThan(0)
    server.resume()
    await recovered(running)
    const names = await received(running, 'e')
    expect(names.filter((name) => !name.startsWith('b'))).toEqual(['a', 'e'])
    expect(new Set(names).size).toBe(names.length)
    expect(running.opened(), 'the reader was kept').toBe(1)
  })

  it('Redis is gone: what was refused for that is never published', async () => {
    const running = await start(library, 300)
    await received(running, 'a')
    await server.kill()
    await expect.poll(() => running.codes).toContain('ERR_REDIS_CONNECTION')
    const error = await failure(running.channel.publish('tick', 'b'))
    expect(error).toMatchObject({ code: 'ERR_REDIS_CONNECTION', published: 'no' })
    expect(String(error.cause)).toMatch(/ECONNREFUSED/)
    await server.launch()
    await recovered(running)
    expect(await received(running, 'd')).toEqual(['a', 'd'])
    expect(running.opened(), 'the reader was kept').toBe(1)
  })

  it('Redis takes a while to load what it has kept: nobody is refused for that', async () => {
    const config = {
      'enable-debug-command': 'yes',
      'key-load-delay': '40',
      'loading-process-events-interval-bytes': '1024',
    }
    const slow = cleanup.use(await RedisServer.start({ persistence: 'manual', config }))
    await using transport = transportOf(library, slow.port)
    await transport.publish(tick('a'))
    await slow.run('DEBUG', 'POPULATE', 10_000)
    await slow.run('SAVE')
    await slow.kill()
    const launching = slow.launch()
    const probe = new Redis({ port: slow.port, enableReadyCheck: false, retryStrategy: () => 10 }).on('error', () => {})
    cleanup.defer(() => probe.disconnect())
    await expect.poll(() => probe.ping().catch(String)).toContain('LOADING')
    await transport.publish(tick('b'))
    expect(await probe.xlen('events')).toBe(2)
    await launching
  })

  it('Redis dies while events are published: none is there twice, and none that was refused', async () => {
    await using transport = transportOf(library, server.port, { timeoutMs: 1000 })
    const outcomes = new Map<string, string>()
    const publishing = Array.from({ length: 500 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index / 5))
      const data = String(index)
      outcomes.set(
        data,
        await Promise.resolve(transport.publish(tick(data))).then(
          () => 'published',
          (error: RedisTransportError) => error.published,
        ),
      )
    })
    await expect.poll(() => outcomes.size, { interval: 1 }).toBeGreaterThan(50)
    await server.kill()
    await server.launch()
    await Promise.all(publishing)
    const stored = (await server.run('XRANGE', 'events', '-', '+')) as [string, string[]][]
    const there = stored.map(([, fields]) => fields[fields.indexOf('data') + 1]!)
    expect(new Set(there).size).toBe(there.length)
    for (const [data, outcome] of outcomes) {
      if (outcome !== 'unknown') expect(there.includes(data), `${data} ${outcome}`).toBe(outcome === 'published')
    }
    expect(new Set(outcomes.values())).toContain('published')
  })

  it('history that cannot be had for now is an error, not an answer', async () => {
    await using transport = transportOf(library, server.port, { timeoutMs: 1000 })
    const recorder = new Recorder(transport, { size: 0, maxAge: 1000, maxBytes: 1000 })
    const place = await recorder.placed()
    const id = await transport.publish(tick('a'))
    const last = await transport.publish(tick('b'))
    await recorder.heard('b')
    server.pause()
    await expect(transport.has(id)).rejects.toBeInstanceOf(RedisTransportError)
    await expect(transport.range(place, last)).rejects.toBeInstanceOf(RedisTransportError)
    server.resume()
    await expect.poll(async () => transport.has(id)).toBe(true)
  })

  it('leaves neither timers nor sockets, whatever state it is closed in', async () => {
    const count = (): number =>
      process.getActiveResourcesInfo().filter((kind) => /^(Timeout|TCPSocketWrap|TCPConnectWrap)$/.test(kind)).length
    await server.run('PING')
    const before = count()
    for (const state of ['paused', 'down'] as const) {
      if (state === 'paused') server.pause()
      const transport = redisStreams({ client: clientOf(library, server.port), key: 'events', timeoutMs: 300 })
      const recorder = new Recorder(transport)
      const publishing = Promise.allSettled([transport.publish(tick('a'))])
      await recorder.until(({ codes }) => codes.length > 0)
      await transport.close()
      await publishing
      if (state === 'paused') {
        server.resume()
        await server.kill()
      }
    }
    await expect.poll(count).toBeLessThanOrEqual(before)
  })
})

it('a process that dies while it publishes takes nothing with it', async () => {
  const program = cleanup.use(await buildNodeProgram())
  const config = { redisPort: server.port, library: 'ioredis', key: 'events', blockMs: 200 } as const
  const [dying, other] = await Promise.all([
    RedisNode.start(program.path, config),
    RedisNode.start(program.path, config),
  ])
  cleanup.use(other)
  const reader = new RecordingReader(`http://127.0.0.1:${other.port}`)
  cleanup.defer(() => reader.close())
  await reader.ready()
  const outcomes = Array.from({ length: 1000 }, (_, index) => dying.publish('tick', String(index)))
  await outcomes[100]
  await dying.kill()
  const published = (await Promise.all(outcomes)).flatMap((outcome, index) =>
    'id' in outcome ? [{ name: String(index), id: outcome.id }] : [],
  )
  expect(published.length).toBeGreaterThan(100)
  expect(published.length).toBeLessThan(1000)
  const last = await other.publish('tick', 'last')
  await reader.reached({ name: 'last', ...(last as { id: string }) })
  expect(reader.faults(published)).toEqual([])
  expect(reader.gaps).toEqual([])
  // Each once, and in the order of the calls.
  const names = reader.items.map((item) => (item.kind === 'event' ? item.name : ''))
  expect(names.slice(0, -1)).toEqual(Array.from({ length: names.length - 1 }, (_, index) => String(index)))
})

describe.each(LIBRARIES)('a Redis without room for a connection, through %s', (library) => {
  it('is told with its reason; with room again, publish works without a restart', async () => {
    await server.run('CONFIG', 'SET', 'maxclients', '3')
    const others = Array.from({ length: 6 }, () => netConnect(server.port, '127.0.0.1').on('error', () => {}))
    cleanup.defer(() => others.forEach((socket) => socket.destroy()))
    await Promise.all(others.map((socket) => once(socket, 'connect')))
    const transport = transportOf(library, server.port, { timeoutMs: 1000 })
    cleanup.defer(() => transport.close())
    await expect(transport.publish(tick('a'))).rejects.toMatchObject({
      code: 'ERR_REDIS_REFUSED',
      published: 'no',
      message: expect.stringContaining('max number of clients'),
    })
    for (const socket of others) socket.destroy()
    await expect.poll(async () => transport.publish(tick('b'))).toBeTypeOf('string')
  })
})
