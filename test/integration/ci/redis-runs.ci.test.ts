import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRuns } from '../../../src/runs/create-runs.js'
import { redisRuns } from '../../../src/redis/redis-runs.js'
import type { RunStore } from '../../../src/runs/run-store.js'
import { runStoreSuite } from '../../../src/testing/suites/runs/run-store-suite.js'
import { clientOf, LIBRARIES } from '../../support/redis/clients.js'
import { RedisServer } from '../../support/redis/server.js'

let server: RedisServer
beforeAll(async () => {
  server = await RedisServer.start()
})
afterAll(async () => server[Symbol.asyncDispose]())

describe.each(LIBRARIES)('redisRuns through %s', (library) => {
  const open = (): RunStore => redisRuns({ client: clientOf(library, server.port), prefix: 'runs:' })

  for (const { name, run } of runStoreSuite({ open, another: open }, { timeout: 20_000 }).cases) it(name, run)

  it.each([0.5, 1e15, Infinity])('keep may be %s', async (keep) => {
    const store = open()
    const key = `keep-${library}-${keep}`
    expect(await store.claim(key, { token: key, lease: 60_000, keep })).toBe(true)
    expect(await store.append(key, key, 0, ['a'])).toBe('running')
    expect(await store.end(key, key, 'done')).toBe('running')
    await store.forget(key)
    await store.close()
  })

  it('a run is read and stopped in another process; no key and no connection stays', async () => {
    const [here, there] = [open(), open()].map((store) => createRuns({ store, keep: 500, lease: 1000, onError() {} }))
    await server.run('FLUSHALL')
    const run = await here!.start('k', async function* ({ signal }) {
      yield { data: 'a\0b' }
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    })
    const response = await there!.fetch(new Request('http://localhost/'), 'k')
    expect(await there!.stop('k')).toBe(true)
    expect(await run.closed).toBe('stopped')
    const text = await response.text()
    expect(text).toContain('data: a\0b\n')
    expect(text).toContain('{"state":"stopped"}')
    await Promise.all([here!.close(), there!.close()])
    await expect.poll(() => server.run('DBSIZE'), { timeout: 20_000 }).toBe(0)
    await expect.poll(async () => (await server.clients()).length, { timeout: 20_000 }).toBeLessThanOrEqual(1)
  })
})
