import { afterAll, beforeAll, describe, it } from 'vitest'
import { transportSuite } from '../../../src/testing/suites/transport/transport-suite.js'
import type { Transport } from '../../../src/server/channel/transport.js'
import { LIBRARIES, transportOf } from '../../support/redis/clients.js'
import { RedisServer } from '../../support/redis/server.js'

let server: RedisServer
beforeAll(async () => {
  server = await RedisServer.start()
})
afterAll(() => server[Symbol.asyncDispose]())

describe.each(LIBRARIES)('redisStreams keeps the contract of a transport, through %s', (library) => {
  const keys = new WeakMap<Transport, string>()
  let count = 0
  const at = (key: string): Transport => {
    // Each with a client of its own, as another process would have.
    const transport = transportOf(library, server.port, { key })
    keys.set(transport, key)
    return transport
  }
  const suite = transportSuite(
    {
      open: () => at(`${library}-${count++}`),
      another: (transport) => at(keys.get(transport)!),
      reopen: (transport) => at(keys.get(transport)!),
      lose: async (transport) => void (await server.run('DEL', keys.get(transport)!)),
      async forget(transport, id) {
        const key = keys.get(transport)!
        const next = (await server.run('XRANGE', key, `(${id}`, '+', 'COUNT', 1)) as [string][]
        await server.run('XTRIM', key, 'MINID', next[0]![0])
      },
    },
    { timeout: 20_000 },
  )
  for (const { name, run } of suite.cases) it(name, run)
})
