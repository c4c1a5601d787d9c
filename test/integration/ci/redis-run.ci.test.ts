import { afterAll, beforeAll, expect, it } from 'vitest'
import { Cleanup } from '../../support/leaks/cleanup.js'
import { RedisNode, buildNodeProgram, type NodeConfig } from '../../support/redis/nodes.js'
import { RecordingReader, type Published } from '../../support/redis/readers.js'
import { Random } from '../../support/random.js'
import { RedisServer } from '../../support/redis/server.js'
import { RoundRobinProxy } from '../../support/servers/round-robin-proxy.js'

/** Others, to look for what is rare: `EVENTWIRE_SEEDS=100-159`. */
const [FIRST_SEED = 0, LAST_SEED = 0] = (process.env['EVENTWIRE_SEEDS'] ?? '0-19').split('-').map(Number)
const READERS = 100
const PROCESSES = 3
const EVENTS_PER_PUBLISHER = 100

let program: Awaited<ReturnType<typeof buildNodeProgram>>
beforeAll(async () => {
  program = await buildNodeProgram()
})
afterAll(() => program[Symbol.asyncDispose]())

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

interface Cluster {
  readonly redis: RedisServer
  readonly random: () => number
  /** Kills one of the processes and starts another in its place. */
  replaceNode(): Promise<void>
}

async function restart({ redis, random }: Cluster): Promise<void> {
  await redis.kill()
  await sleep(random() * (random() < 0.3 ? 2000 : 500))
  await redis.launch()
}

const FAULTS: Record<string, (cluster: Cluster) => Promise<unknown>> = {
  restart,
  pause: async ({ redis, random }) => {
    redis.pause()
    await sleep(300 + random() * 1500)
    redis.resume()
  },
  flush: ({ redis }) => redis.run('FLUSHALL'),
  trim: ({ redis, random }) => redis.run('XTRIM', 'events', 'MAXLEN', String(Math.floor(random() * 20))),
  die: (cluster) => cluster.replaceNode(),
  'cut clients': async ({ redis, random }) => {
    for (let times = 0; times < 5; times++) {
      await redis.run('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
      await sleep(random() * 200)
    }
  },
  'back in time': async (cluster) => {
    await cluster.redis.run('SAVE')
    await sleep(100 + cluster.random() * 300)
    await restart(cluster)
  },
}

async function run(seed: number): Promise<{ what: string; faults: string[]; gaps: number; events: number }> {
  const dice = new Random(seed)
  const random = (): number => dice.next()
  const persistence = (['log', 'none', 'manual'] as const)[seed % 3]!
  const names = Object.keys(FAULTS)
  const more = seed < names.length ? 0 : 1 + Math.floor(random() * 3)
  const troubles = [seed, ...Array.from({ length: more }, () => Math.floor(random() * names.length))].map(
    (index) => names[index % names.length]!,
  )
  await using cleanup = new Cleanup()
  const historySize = 1 + Math.floor(random() * 40)
  const redis = cleanup.use(await RedisServer.start({ persistence }))
  const config = (index: number): NodeConfig => ({
    redisPort: redis.port,
    library: (index + seed) % 2 === 0 ? 'ioredis' : 'redis',
    key: 'events',
    blockMs: 300,
    timeoutMs: 1000,
    // Small, so that replays come from Redis too.
    history: { size: historySize },
  })
  const nodes = await Promise.all(
    Array.from({ length: PROCESSES }, (_, index) => RedisNode.start(program.path, config(index))),
  )
  cleanup.defer(async () => void (await Promise.all(nodes.map((node) => node.kill()))))
  const proxy = cleanup.use(await RoundRobinProxy.start(() => nodes.map(({ port }) => port)))
  const readers = Array.from({ length: READERS }, () => new RecordingReader(proxy.url))
  cleanup.defer(async () => void (await Promise.all(readers.map((reader) => reader.close()))))
  await Promise.all(readers.map((reader) => reader.ready()))

  const published: Published[] = []
  const publish = async (index: number, name: string): Promise<boolean> => {
    const outcome = await nodes[index]!.publish('tick', name)
    if ('id' in outcome) published.push({ name, id: outcome.id })
    return 'id' in outcome
  }

  const publishing = new AbortController()
  const publishers = nodes.map(async (_, index) => {
    for (let count = 0; count < EVENTS_PER_PUBLISHER; count++) {
      await publish(index, `${index}:${count}`)
      if (random() < 0.3) await sleep(random() * 40)
    }
  })
  const cuts = (async () => {
    while (!publishing.signal.aborted) {
      await sleep(50 + random() * 200)
      proxy.cut(random, 0.1)
    }
  })()
  const replaceNode = async (): Promise<void> => {
    const victim = Math.floor(random() * PROCESSES)
    await nodes[victim]!.kill()
    nodes[victim] = await RedisNode.start(program.path, config(victim))
  }
  for (const trouble of troubles) {
    await sleep(200 + random() * 400)
    await FAULTS[trouble]!({ redis, random, replaceNode })
  }
  await Promise.all(publishers)
  publishing.abort()
  await cuts

  for (let index = 0; index < PROCESSES; index++) {
    for (let tries = 0; !(await publish(index, `last:${index}:${tries}`)); tries++) await sleep(50)
  }
  const last = published.at(-1)!
  await Promise.all(readers.map((reader) => reader.reached(last)))
  const faults = readers.flatMap((reader, index) => reader.faults(published).map((text) => `reader ${index}: ${text}`))
  const gaps = readers.reduce((sum, reader) => sum + reader.gaps.length, 0)
  return { what: `${troubles.join(', ')} (${persistence})`, faults, gaps, events: published.length }
}

it.each(Array.from({ length: LAST_SEED - FIRST_SEED + 1 }, (_, index) => FIRST_SEED + index))(
  'run %i loses nothing in silence',
  async (seed) => {
    const { what, faults, gaps, events } = await run(seed)
    console.log(what, { gaps, events })
    expect(faults.slice(0, 10)).toEqual([])
  },
)
