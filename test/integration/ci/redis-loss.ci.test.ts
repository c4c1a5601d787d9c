import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { Cleanup } from '../../support/leaks/cleanup.js'
import { LIBRARIES, transportOf, type Library } from '../../support/redis/clients.js'
import { LIMITS, Recorder, replay, tick } from '../../support/redis/recorder.js'
import { RedisServer, type RedisServerOptions } from '../../support/redis/server.js'
import { RoundRobinProxy } from '../../support/servers/round-robin-proxy.js'
import { redisStreams } from '../../../src/redis/redis-streams.js'
import type { Transport } from '../../../src/server/channel/transport.js'

let cleanup = new Cleanup()
afterEach(async () => {
  await cleanup[Symbol.asyncDispose]()
  cleanup = new Cleanup()
})

const startServer = async (options: RedisServerOptions): Promise<RedisServer> =>
  cleanup.use(await RedisServer.start(options))

async function startProcess(
  library: Library,
  port: number,
  size = LIMITS.size,
): Promise<{ transport: Transport; recorder: Recorder }> {
  const transport = cleanup.use(transportOf(library, port, { timeoutMs: 2000 }))
  const recorder = new Recorder(transport, { ...LIMITS, size })
  await recorder.placed()
  return { transport, recorder }
}

const publishAll = async (transport: Transport, ...texts: string[]): Promise<string[]> => {
  const ids: string[] = []
  for (const text of texts) ids.push(await transport.publish(tick(text)))
  return ids
}

/** It hands its data to a replica without waiting for others. */
const MASTER: RedisServerOptions = { config: { 'repl-diskless-sync-delay': '0' } }

const isReplicated = async (master: RedisServer, replica: RedisServer): Promise<void> =>
  expect.poll(async () => replica.run('XLEN', 'events').catch(String)).toBe(await master.run('XLEN', 'events'))

const marks = async (server: RedisServer, kind: string): Promise<number> =>
  ((await server.run('XRANGE', 'events', '-', '+')) as [string, string[]][]).filter(
    ([, [name, value]]) => name === 'mark' && value === kind,
  ).length

describe.each(LIBRARIES)('through %s', (library) => {
  it('goes on exactly when Redis comes back with all it had', async () => {
    const server = await startServer({ persistence: 'log' })
    const { transport, recorder } = await startProcess(library, server.port)
    const [first] = await publishAll(transport, 'a', 'b')
    await recorder.heard('b')
    await server.kill()
    await recorder.until(({ codes }) => codes.includes('ERR_REDIS_CONNECTION'))
    await server.launch()
    // The connection for publishing may learn only now that it was lost.
    await expect
      .poll(async () => (await Promise.allSettled([transport.publish(tick('c'))]))[0].status, { interval: 200 })
      .toBe('fulfilled')
    await recorder.heard('c')
    expect(recorder.log).toEqual(['reset', 'a', 'b', 'c'])
    const fresh = await startProcess(library, server.port, 0)
    expect(await fresh.transport.has(first!)).toBe(true)
  })

  it('goes on exactly when only the connections were lost, and takes in what came meanwhile', async () => {
    const server = await startServer({})
    const { transport, recorder } = await startProcess(library, server.port)
    await publishAll(transport, 'a')
    await recorder.heard('a')
    await server.run('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await server.run('XADD', 'events', '*', 'data', 'b')
    await recorder.heard('b')
    expect(recorder.log).toEqual(['reset', 'a', 'b'])
  })

  it('says so when Redis goes back in time, to all processes and to readers of each', async () => {
    const server = await startServer({ persistence: 'manual' })
    const one = await startProcess(library, server.port)
    const two = await startProcess(library, server.port)
    const [kept] = await publishAll(one.transport, 'a')
    await server.run('SAVE')
    const [lost] = await publishAll(one.transport, 'b')
    await Promise.all([one.recorder.heard('b'), two.recorder.heard('b')])
    await server.kill()
    await server.launch()
    await Promise.all([one, two].map(({ recorder }) => recorder.until(({ resets }) => resets.length > 1)))
    const [last] = await publishAll(one.transport, 'c')
    await Promise.all([one.recorder.heard('c'), two.recorder.heard('c')])
    expect(one.recorder.log.filter((item) => item !== 'reset')).toEqual(['a', 'b', 'c'])
    const count = await marks(server, 'break')
    expect(count).toBeGreaterThan(0)
    for (const { recorder } of [one, two]) expect(recorder.resets.length - 1).toBeLessThanOrEqual(count)
    // Also one that knows nothing of it, for a reader that was away: it never had b, which others have.
    const { transport } = await startProcess(library, server.port, 0)
    expect(await transport.has(lost!)).toBe('unknown')
    expect(await replay(transport, kept!, last!)).toBeUndefined()
    // Nor from memory.
    const other = await startProcess(library, server.port)
    expect(await replay(other.transport, kept!, last!)).toBeUndefined()
  })

  const restart = async (server: RedisServer): Promise<void> => {
    await server.kill()
    await server.launch()
  }
  it.each<[string, (server: RedisServer) => Promise<unknown>]>([
    ['Redis comes back with nothing', restart],
    ['the stream is flushed', (server) => server.run('FLUSHALL')],
    ['the stream is deleted', (server) => server.run('DEL', 'events')],
    ['the stream is trimmed to nothing', (server) => server.run('XTRIM', 'events', 'MAXLEN', '0')],
  ])('says so when %s', async (_, lose) => {
    const server = await startServer({ persistence: 'none' })
    const { transport, recorder } = await startProcess(library, server.port)
    const [id] = await publishAll(transport, 'a')
    await recorder.heard('a')
    await lose(server)
    await recorder.until(({ resets }) => resets.length === 2)
    expect(await transport.has(id!)).toBe('expired')
    await publishAll(transport, 'b')
    await recorder.heard('b')
    expect(recorder.log).toEqual(['reset', 'a', 'reset', 'b'])
  })

  it('says so when the stream begins anew with a clock that was set back', async () => {
    const server = await startServer({})
    const { transport, recorder } = await startProcess(library, server.port)
    const future = Date.now() + 3_600_000
    await server.run('XADD', 'events', `${future}-0`, 'data', 'a')
    await recorder.heard('a')
    await server.run('FLUSHALL')
    await server.run('XADD', 'events', '*', 'data', 'b')
    await recorder.until(({ resets }) => resets.length === 2)
    await publishAll(transport, 'c')
    await recorder.heard('c')
    expect(recorder.log.filter((item) => item !== 'b')).toEqual(['reset', 'a', 'reset', 'c'])
    // A new process begins at the present, not with all that seems to be new.
    await server.run('XADD', 'events', `${future + 1000}-0`, 'data', 'd')
    const fresh = await startProcess(library, server.port)
    await publishAll(fresh.transport, 'e')
    await fresh.recorder.heard('e')
    expect(fresh.recorder.log).toEqual(['reset', 'e'])
  })

  it('says so when it was away for longer than the stream reaches back', async () => {
    const server = await startServer({})
    const proxy = cleanup.use(await RoundRobinProxy.start(() => (isUp ? [server.port] : [1])))
    let isUp = true
    const { recorder } = await startProcess(library, proxy.port)
    await server.run('XADD', 'events', '*', 'data', 'a')
    await recorder.heard('a')
    isUp = false
    proxy.cut(() => 0, 1)
    await recorder.until(({ codes }) => codes.includes('ERR_REDIS_CONNECTION'))
    for (let index = 0; index < 50; index++) await server.run('XADD', 'events', 'MAXLEN', 10, '*', 'data', `${index}`)
    isUp = true
    await recorder.until(({ resets }) => resets.length === 2)
    await server.run('XADD', 'events', '*', 'data', 'b')
    await recorder.heard('b')
    expect(recorder.log).toEqual(['reset', 'a', 'reset', 'b'])
    expect(await marks(server, 'break'), 'the others lost nothing').toBe(0)
  })

  it('says so when a replica that lags behind takes over', async () => {
    const master = await startServer(MASTER)
    let isLinked = true
    const link = cleanup.use(await RoundRobinProxy.start(() => [isLinked ? master.port : 1]))
    const replica = await startServer({ config: { replicaof: `127.0.0.1 ${link.port}` } })
    let current = master.port
    const proxy = cleanup.use(await RoundRobinProxy.start(() => [current]))
    const { port } = proxy
    const { transport, recorder } = await startProcess(library, port)
    const [kept] = await publishAll(transport, 'a')
    await recorder.heard('a')
    await isReplicated(master, replica)
    isLinked = false
    link.cut(() => 0, 1)
    const [lost] = await publishAll(transport, 'b', 'c')
    await recorder.heard('c')
    await master.kill()
    await replica.run('REPLICAOF', 'NO', 'ONE')
    current = replica.port
    await recorder.until(({ resets }) => resets.length === 2)
    const [last] = await publishAll(transport, 'd')
    await recorder.heard('d')
    expect(recorder.log).toEqual(['reset', 'a', 'b', 'c', 'reset', 'd'])
    const fresh = await startProcess(library, port, 0)
    expect(await fresh.transport.has(lost!)).toBe('unknown')
    expect(await replay(fresh.transport, kept!, last!)).toBeUndefined()
  })

  it('goes on exactly with a replica that has all', async () => {
    const master = await startServer(MASTER)
    const replica = await startServer({ config: { replicaof: `127.0.0.1 ${master.port}` } })
    let current = master.port
    const proxy = cleanup.use(await RoundRobinProxy.start(() => [current]))
    const { transport, recorder } = await startProcess(library, proxy.port)
    await publishAll(transport, 'a', 'b')
    await recorder.heard('b')
    await isReplicated(master, replica)
    await replica.run('REPLICAOF', 'NO', 'ONE')
    current = replica.port
    // The former master refuses to write, which is how it is found out where there are sentinels.
    await master.run('REPLICAOF', '127.0.0.1', replica.port)
    await expect(transport.publish(tick('refused'))).rejects.toMatchObject({
      code: 'ERR_REDIS_REFUSED',
      published: 'no',
    })
    await publishAll(transport, 'c')
    proxy.cut(() => 0, 1)
    await recorder.heard('c')
    expect(recorder.log).toEqual(['reset', 'a', 'b', 'c'])
  })
})

it('follows the sentinels to the new master', async () => {
  const master = await startServer(MASTER)
  const replica = await startServer({ config: { replicaof: `127.0.0.1 ${master.port}` } })
  const sentinel = await startServer({
    isSentinel: true,
    config: {
      'sentinel monitor': `app 127.0.0.1 ${master.port} 1`,
      'sentinel down-after-milliseconds': 'app 300',
      'sentinel failover-timeout': 'app 3000',
    },
  })
  const client = new Redis({ sentinels: [{ host: '127.0.0.1', port: sentinel.port }], name: 'app', lazyConnect: true })
  const transport = redisStreams({ client, key: 'events', blockMs: 200, timeoutMs: 1000 })
  cleanup.defer(() => transport.close())
  const recorder = new Recorder(transport)
  await recorder.placed()
  await publishAll(transport, 'a', 'b')
  await recorder.heard('b')
  await isReplicated(master, replica)
  await expect.poll(async () => String(await sentinel.run('SENTINEL', 'REPLICAS', 'app'))).toContain(`${replica.port}`)
  await master.kill()
  let tries = 0
  await expect
    .poll(async () => (await Promise.allSettled([transport.publish(tick(`c ${tries++}`))]))[0].status, {
      timeout: 30_000,
    })
    .toBe('fulfilled')
  await recorder.heard(`c ${tries - 1}`)
  expect(recorder.log.filter((item) => !item.startsWith('c'))).toEqual(['reset', 'a', 'b'])
})
