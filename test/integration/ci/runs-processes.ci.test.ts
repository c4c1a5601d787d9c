import { afterAll, beforeAll, expect, it } from 'vitest'
import { RedisServer } from '../../support/redis/server.js'
import { RunsProcesses } from '../../support/runs/processes.js'

/** Waves of ten runs. `EVENTWIRE_WAVES=20` for 200 runs. */
const WAVES = Number(process.env['EVENTWIRE_WAVES'] ?? 5)

let redis: RedisServer
let processes: RunsProcesses
beforeAll(async () => {
  redis = await RedisServer.start()
  processes = await RunsProcesses.start({ kind: 'redis', runner: process.execPath, place: String(redis.port) })
})
afterAll(async () => {
  await processes.end()
  await redis[Symbol.asyncDispose]()
})

it('over three processes, one of which is killed in each wave: all events once and in order, then the end or `lost`', async () => {
  // A proof in which nobody dies proves nothing.
  expect(await processes.playWaves(WAVES)).toBeGreaterThan(0)
}, 240_000)

it('of three processes that start at once exactly one wins', () => processes.startAtOnce(10), 120_000)

it('a stop from another process aborts the source within 250 ms', () => processes.stopFromElsewhere(), 240_000)

it('a Redis that dies in the middle: the run fails, and its readers are told', async () => {
  const [here, there] = await processes.breakStore(async () => {
    await redis.kill()
    return () => redis.launch()
  })
  expect(here).toMatch(/^(failed|lost)$/)
  // All that another process can know is that Redis is back without the run.
  expect(String(there)).toMatch(/^(failed|lost|404)$/)
}, 120_000)

it('nothing stays: each process ends by itself after close(), and Redis is empty after `keep`', async () => {
  await processes.close()
  await expect.poll(() => redis.run('DBSIZE'), { timeout: 90_000 }).toBe(0)
  await expect.poll(async () => (await redis.clients()).length, { timeout: 20_000 }).toBeLessThanOrEqual(1)
}, 150_000)
