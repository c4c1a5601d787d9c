import { sharedTransportSuite, transportSuite, type SharedRig } from '../../support/transport-suite.js'
import { Cleanup } from '../../support/cleanup.js'
import { LIBRARIES, transportOf } from '../../support/redis-clients.js'
import { RedisServer } from '../../support/redis-server.js'

for (const library of LIBRARIES) {
  const create = async (): Promise<SharedRig> => {
    const cleanup = new Cleanup()
    const server = cleanup.use(await RedisServer.start())
    const connect = async (): Promise<SharedRig['transport']> => cleanup.use(transportOf(library, server.port))
    return {
      transport: await connect(),
      other: connect,
      async forget(id) {
        const next = (await server.run('XRANGE', 'events', `(${id}`, '+', 'COUNT', 1)) as [string][]
        await server.run('XTRIM', 'events', 'MINID', next[0]![0])
      },
      close: () => cleanup[Symbol.asyncDispose](),
    }
  }
  transportSuite(`on Redis Streams, through ${library}`, create)
  sharedTransportSuite(`on Redis Streams, through ${library}`, create)
}
