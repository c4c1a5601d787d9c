import { expect, it } from 'vitest'
import { BROWSERS } from '../../support/browsers.js'
import { serve, until } from '../../support/servers/http.js'
import { startNginx } from '../../support/servers/nginx.js'
import { buildNodeProgram, RedisNode, type NodeConfig } from '../../support/redis/nodes.js'
import { RedisServer } from '../../support/redis/server.js'

const READERS = 20

/** A browser has six connections to each of them. */
const PORTS = 4

/** Without the header that nginx sends by itself, which asks the servers to close each connection. */
const DIRECTIVES = 'proxy_http_version 1.1; proxy_set_header Connection "";'

/** What the page keeps of one EventSource. */
interface Got {
  opens: number
  numbers: number[]
  /** Events that nobody published, a gap among them. */
  others: string[]
  isDead: boolean
}

it.each(BROWSERS)(
  `${READERS} EventSources of $name outlive a restart of two processes behind nginx, one after the other, each with every event once`,
  async ({ launch }) => {
    await using redis = await RedisServer.start()
    await using program = await buildNodeProgram()
    const common = { redisPort: redis.port, key: 'events', library: 'ioredis', drain: 1000, cors: { origin: '*' } }
    const start = (port?: number) =>
      RedisNode.start(program.path, { ...common, ...(port !== undefined && { port }) } as NodeConfig)
    const nodes = await Promise.all([start(), start()])
    await using _nodes = {
      [Symbol.asyncDispose]: async () => void (await Promise.all(nodes.map((node) => node.kill()))),
    }
    const ports = nodes.map(({ port }) => port)
    await using nginx = await startNginx(ports, DIRECTIVES, PORTS)
    await using host = await serve((_req, res) => res.setHeader('content-type', 'text/html').end('<!doctype html>'))
    await using browser = { browser: await launch(), [Symbol.asyncDispose]: () => browser.browser.close() }
    const page = await browser.browser.newPage()
    await page.goto(host.url)

    const urls = Array.from({ length: READERS }, (_, n) => nginx.urls[n % PORTS]!)
    await page.evaluate((all) => {
      const readers = all.map((url) => {
        const source = new EventSource(url)
        const got = { opens: 0, numbers: [] as number[], others: [] as string[], source }
        source.addEventListener('open', () => got.opens++)
        source.addEventListener('tick', ({ data }: MessageEvent<string>) => got.numbers.push(Number(data)))
        for (const type of ['message', 'reset']) {
          source.addEventListener(type, ({ data }: MessageEvent<string>) => got.others.push(`${type} ${data}`))
        }
        return got
      })
      Object.assign(globalThis, { readers })
    }, urls)
    const look = (): Promise<Got[]> =>
      page.evaluate(() => {
        const { readers } = globalThis as unknown as { readers: (Got & { source: EventSource })[] }
        return readers.map(({ source, ...got }) => ({ ...got, isDead: source.readyState === 2 }))
      })
    /** Looks until it holds for all readers, or one of them is dead. */
    const all = async (holds: (got: Got) => boolean): Promise<void> => {
      for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
        const readers = await look()
        if (readers.every(holds) || readers.some(({ isDead }) => isDead)) return
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
    await all(({ opens }) => opens > 0)

    let count = 0
    const over = new AbortController()
    let up = 0
    const publishing = (async () => {
      while (!over.signal.aborted) {
        expect(await nodes[up]!.publish('tick', ++count)).toHaveProperty('id')
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    })()
    for (const each of nodes.keys()) {
      up = 1 - each
      // What this one was asked to publish has come back before it stops.
      const before = count
      await until(() => count > before + 1)
      await nodes[each]!.stop()
      nodes[each] = await start(ports[each])
    }
    over.abort()
    await publishing
    await all(({ numbers }) => numbers.includes(count))

    const readers = await look()
    const expected = Array.from({ length: count }, (_, n) => n + 1)
    for (const { opens, numbers, others, isDead } of readers) {
      expect({ numbers, others, isDead }).toEqual({ numbers: expected, others: [], isDead: false })
      expect(opens).toBeGreaterThan(1)
    }
    expect(nodes.flatMap(({ errors }) => errors)).toEqual([])
  },
)
