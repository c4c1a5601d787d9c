import { afterAll, beforeAll, expect, it } from 'vitest'
import { RedisServer } from '../../support/redis/server.js'
import { RunsProcesses } from '../../support/runs/processes.js'
import { tellStories } from '../../support/runs/stories.js'

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

tellStories(() => processes)

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
