import { afterEach, beforeEach, expect, it } from 'vitest'
import { createChannel } from '../../../src/server/channel/create-channel.js'
import { Cleanup } from '../../support/leaks/cleanup.js'
import { redisStreams } from '../../../src/redis/redis-streams.js'
import { clientOf, LIBRARIES, transportOf } from '../../support/redis/clients.js'
import { Recorder, tick } from '../../support/redis/recorder.js'
import { RedisServer } from '../../support/redis/server.js'

const EVENTS = 150
const PROCESSES = 2
/** Milliseconds between events, so that what Redis does by the clock counts for both alike. */
const PACE = 30

let cleanup: Cleanup
beforeEach(() => {
  cleanup = new Cleanup()
})
afterEach(() => cleanup[Symbol.asyncDispose]())

/** Resolves when the text has come; reads on until the body is done. */
async function drain(body: ReadableStream<Uint8Array>, text: string): Promise<void> {
  let seen = ''
  await new Promise<void>((resolve, reject) => {
    const read = async (): Promise<void> => {
      for await (const chunk of body) {
        seen = (seen + Buffer.from(chunk).toString()).slice(-1000)
        if (seen.includes(text)) resolve()
      }
    }
    read().then(resolve, reject)
  })
}

/** What Redis does for one event, with so many readers in each process. */
async function load(readers: number): Promise<{ commands: number; milliseconds: number; blocked: number }> {
  const server = cleanup.use(await RedisServer.start())
  const channels = Array.from({ length: PROCESSES }, () =>
    createChannel({ transport: transportOf('ioredis', server.port, { blockMs: 5000 }), heartbeat: 0 }),
  )
  cleanup.defer(() => Promise.all(channels.map((channel) => channel.close())))
  const responses = await Promise.all(
    channels.flatMap((channel) =>
      Array.from({ length: readers }, () => channel.fetch(new Request('http://localhost/events'))),
    ),
  )
  const drained = responses.map(({ body }) => drain(body!, 'data: last\n'))
  await channels[0]!.publish('tick', 'first')
  const blocked = async (): Promise<number> => (await server.clients()).filter((line) => / flags=b/.test(line)).length
  /** Milliseconds of processor time that Redis has used. */
  const cpu = async (): Promise<number> => {
    const info = String(await server.run('INFO', 'cpu'))
    const [user, system] = ['user', 'sys'].map((kind) =>
      Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(info)![1]),
    )
    return (user! + system!) * 1000
  }
  await expect.poll(blocked).toBe(PROCESSES)
  await server.run('CONFIG', 'RESETSTAT')
  const before = await cpu()
  for (let index = 0; index < EVENTS; index++) {
    const next = new Promise((resolve) => setTimeout(resolve, PACE))
    await channels[index % PROCESSES]!.publish('tick', { index })
    await next
  }
  await channels[0]!.publish('tick', 'last')
  await Promise.all(drained)
  const calls = await server.calls()
  const commands = ['xadd', 'xread', 'xrange', 'xrevrange'].reduce((sum, name) => sum + (calls[name] ?? 0), 0)
  return { commands: commands / EVENTS, milliseconds: ((await cpu()) - before) / EVENTS, blocked: await blocked() }
}

it('Redis does the same for an event whatever the number of readers', async () => {
  const one = await load(1)
  const thousand = await load(1000)
  console.log('per event, 1 reader per process:', one, '1,000 readers per process:', thousand)
  expect(one.blocked).toBe(PROCESSES)
  expect(thousand.blocked).toBe(PROCESSES)
  // XADD, and in each process one XREAD with its check. Where a process is late, one of them brings more.
  const most = 1 + PROCESSES * 2 + 0.1
  expect(one.commands).toBeLessThanOrEqual(most)
  expect(thousand.commands).toBeLessThanOrEqual(most)
})

it.each(LIBRARIES)('%s: 50 keys cost two connections, and two commands to read an event', async (library) => {
  const server = cleanup.use(await RedisServer.start())
  const client = clientOf(library, server.port)
  const transports = Array.from({ length: 50 }, (_, n) => redisStreams({ client, key: `key-${n}`, blockMs: 60_000 }))
  cleanup.defer(() => Promise.all(transports.map((transport) => transport.close())))
  const recorders = transports.map((transport) => new Recorder(transport))
  await Promise.all(recorders.map((recorder) => recorder.placed()))
  const blocked = async (): Promise<number> => (await server.clients()).filter((line) => / flags=b/.test(line)).length
  await expect.poll(blocked).toBe(1)
  expect(await server.clients()).toHaveLength(2)

  await server.run('CONFIG', 'RESETSTAT')
  const events = 300
  for (let index = 0; index < events; index++) {
    const { [(index * 7) % 50]: transport } = transports
    await transport!.publish(tick(`${index}`))
    await recorders[(index * 7) % 50]!.heard(`${index}`)
  }
  const calls = await server.calls()
  const commands = ['xadd', 'xread', 'xrange', 'xrevrange'].reduce((sum, name) => sum + (calls[name] ?? 0), 0)
  console.log(`${library}, 50 keys: ${commands / events} commands for an event`)
  expect(commands / events).toBeLessThanOrEqual(3.1)
  for (const [index, recorder] of recorders.entries()) {
    expect(recorder.log.slice(1).every((data) => (Number(data) * 7) % 50 === index)).toBe(true)
    expect(recorder.log).toHaveLength(1 + events / 50)
  }
  expect(await server.clients()).toHaveLength(2)
  await transports[0]!.close()
  expect(await server.clients()).toHaveLength(2)
  await Promise.all(transports.map((transport) => transport.close()))
  await expect.poll(async () => (await server.clients()).length).toBe(0)
})

it.each(LIBRARIES)('%s: a key that comes while the connection waits for others is read at once', async (library) => {
  const server = cleanup.use(await RedisServer.start())
  const client = clientOf(library, server.port)
  const open = (key: string): Recorder => {
    const transport = redisStreams({ client, key, blockMs: 60_000 })
    cleanup.defer(() => transport.close())
    return new Recorder(transport)
  }
  await open('first').placed()
  for (const key of ['second', 'third']) {
    const recorder = open(key)
    await recorder.placed()
    await server.run('XADD', key, '*', 'data', 'a')
    await recorder.heard('a')
    await server.run('XADD', key, '*', 'data', 'b')
    await recorder.heard('b')
    expect(recorder.log).toEqual(['reset', 'a', 'b'])
  }
  expect(await server.clients()).toHaveLength(2)
})
