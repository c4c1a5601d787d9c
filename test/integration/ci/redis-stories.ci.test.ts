import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { RedisTransportError } from '../../../src/redis/redis-error.js'
import { compareStreamIds } from '../../../src/redis/stream-id.js'
import { createChannel, type Channel } from '../../../src/server/channel/create-channel.js'
import { Cleanup } from '../../support/leaks/cleanup.js'
import { Random } from '../../support/random.js'
import { LIBRARIES, transportOf } from '../../support/redis/clients.js'
import { RecordingReader, type Published } from '../../support/redis/readers.js'
import { RedisServer } from '../../support/redis/server.js'
import { RoundRobinProxy } from '../../support/servers/round-robin-proxy.js'

/** Rounds of each story. `EVENTWIRE_STORIES=100` for more, `EVENTWIRE_STORY_SEED=7` for others. */
const ROUNDS = Number(process.env['EVENTWIRE_STORIES'] ?? 8)
const FIRST_SEED = Number(process.env['EVENTWIRE_STORY_SEED'] ?? 0)
const READERS = 6
const EVENTS = 60

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The Redis of a story. It may be another one after a fault. */
interface Stage {
  readonly cleanup: Cleanup
  readonly random: () => number
  server: RedisServer
  /** Ends the connections of all who use it. */
  cut(): void
}

interface Story {
  readonly persistence: 'none' | 'log' | 'manual'
  prepare?(stage: Stage): Promise<void>
  /** Where in it nothing may be lost, no reader is told of a gap. */
  readonly isExact?: boolean
  fault(stage: Stage): Promise<void>
}

async function restart({ server, random }: Stage): Promise<void> {
  await server.kill()
  await sleep(random() * 300)
  await server.launch()
}

let replica: RedisServer
let isLinked = true
let link: RoundRobinProxy

const STORIES: Readonly<Record<string, Story>> = {
  'killed, and empty': { persistence: 'none', fault: restart },
  'killed, with its log': { persistence: 'log', isExact: true, fault: restart },
  'back at an older snapshot': {
    persistence: 'manual',
    async fault(stage) {
      await stage.server.run('SAVE')
      await sleep(20 + stage.random() * 200)
      await restart(stage)
    },
  },
  'a replica promoted': {
    persistence: 'none',
    async prepare({ cleanup, server }) {
      isLinked = true
      link = cleanup.use(await RoundRobinProxy.start(() => [isLinked ? server.port : 1]))
      replica = cleanup.use(await RedisServer.start({ config: { replicaof: `127.0.0.1 ${link.port}` } }))
      await expect.poll(async () => String(await replica.run('INFO', 'replication'))).toContain('link_status:up')
    },
    async fault(stage) {
      if (stage.random() < 0.7) {
        // It lags behind, and never gets the rest.
        isLinked = false
        link.cut(() => 0, 1)
        await sleep(stage.random() * 200)
      }
      await stage.server.kill()
      await replica.run('REPLICAOF', 'NO', 'ONE')
      stage.server = replica
      stage.cut()
    },
  },
  FLUSHALL: { persistence: 'none', fault: async ({ server }) => void (await server.run('FLUSHALL')) },
}

interface Process {
  readonly channel: Channel
  readonly port: number
}

async function start(cleanup: Cleanup, library: (typeof LIBRARIES)[number], port: number): Promise<Process> {
  const channel = createChannel({
    transport: transportOf(library, port, { timeoutMs: 1000 }),
    // Small, so that replays come from Redis too.
    history: { size: 20 },
    retry: 20,
    onError() {},
  })
  const server = createServer((req, res) => void channel.node(req, res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanup.defer(async () => {
    await channel.close()
    server.closeAllConnections()
    server.close()
  })
  return { channel, port: (server.address() as AddressInfo).port }
}

async function play({ persistence, prepare, fault, isExact }: Story, seed: number): Promise<string> {
  const dice = new Random(seed)
  const random = (): number => dice.next()
  await using cleanup = new Cleanup()
  const config = { 'repl-diskless-sync-delay': '0' }
  const stage: Stage = {
    cleanup,
    random,
    server: cleanup.use(await RedisServer.start({ persistence, config })),
    cut: () => way.cut(() => 0, 1),
  }
  const way = cleanup.use(await RoundRobinProxy.start(() => [stage.server.port]))
  await prepare?.(stage)
  const processes = await Promise.all(LIBRARIES.map((library) => start(cleanup, library, way.port)))
  const proxy = cleanup.use(await RoundRobinProxy.start(() => processes.map(({ port }) => port)))
  const readers = Array.from({ length: READERS }, () => new RecordingReader(proxy.url))
  cleanup.defer(() => Promise.all(readers.map((reader) => reader.close())))
  await Promise.all(readers.map((reader) => reader.ready()))

  const published: Published[] = []
  const publish = async (name: string): Promise<boolean> => {
    const { channel } = processes[Math.floor(random() * processes.length)]!
    try {
      published.push({ name, id: await channel.publish('tick', name) })
      return true
    } catch (error) {
      expect((error as RedisTransportError).code).toMatch(/^ERR_REDIS_/)
      return false
    }
  }
  const pending: Promise<boolean>[] = []
  const publishing = (async () => {
    for (let n = 0; n < EVENTS; n++) {
      pending.push(publish(`${n}`))
      await sleep(random() * 15)
      if (random() < 0.1) proxy.cut(random, 0.3)
    }
  })()
  await sleep(50 + random() * 250)
  await fault(stage)
  await publishing
  // From both processes, so that each of them is back.
  for (const [index, { channel }] of processes.entries()) {
    await expect
      .poll(() =>
        channel.publish('tick', `last ${index}`, { key: `last ${index}` }).then(
          (id) => published.push({ name: `last ${index}`, id }) > 0,
          () => false,
        ),
      )
      .toBe(true)
  }
  await Promise.all(pending)
  // Those of two processes come in any order.
  const last = published.reduce((a, b) => (compareStreamIds(a.id, b.id) > 0 ? a : b))
  await Promise.all(readers.map((reader) => reader.reached(last)))
  const faults = readers.flatMap((reader, index) => reader.faults(published).map((text) => `reader ${index}: ${text}`))
  const gaps = readers.flatMap((reader) => reader.gaps)
  expect(faults.slice(0, 10), `seed ${seed}`).toEqual([])
  if (isExact) expect(gaps, `seed ${seed}`).toEqual([])
  return `${published.length} events, gaps told: ${gaps.join(' ') || 'none'}`
}

describe.each(Object.entries(STORIES))('%s: each event once and in order, or a gap that covers it', (name, story) => {
  it.each(Array.from({ length: ROUNDS }, (_, index) => FIRST_SEED + index))('seed %i', async (seed) => {
    console.log(`${name}, seed ${seed}: ${await play(story, seed)}`)
  })
})
