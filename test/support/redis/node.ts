// One server process: a channel on Redis, read over HTTP and published to by messages from the parent.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { isEventWireError } from '../../../src/errors.js'
import { redisStreams } from '../../../src/redis/redis-streams.js'
import type { RedisTransportError } from '../../../src/redis/redis-error.js'
import { createChannel } from '../../../src/server/channel/create-channel.js'
import type { NodeConfig, ToNode, FromNode } from './nodes.js'

const config = JSON.parse(process.argv[2]!) as NodeConfig
const { redisPort, library, history, port = 0, drain, cors, ...transportOptions } = config
const say = (message: FromNode): void => void process.send!(message)

const client =
  library === 'ioredis'
    ? new Redis({ port: redisPort, lazyConnect: true })
    : createClient({ url: `redis://127.0.0.1:${redisPort}` })
const channel = createChannel({
  transport: redisStreams({ client, ...transportOptions }),
  history,
  retry: 20,
  heartbeat: 1000,
  cors,
  onError: (error) => say({ type: 'error', message: String(error) }),
})
const server = createServer((req, res) => void channel.node(req, res))

process.on('message', async ({ number, data, event, ephemeral }: ToNode) => {
  try {
    say({ type: 'published', number, id: await channel.publish(event, data, { ephemeral }) })
  } catch (error) {
    const { code, published } = error as RedisTransportError
    say({ type: 'refused', number, code: isEventWireError(error) ? code : String(error), published })
  }
})
process.on('disconnect', () => process.exit())
process.once('SIGTERM', async () => {
  const closed = new Promise((resolve) => server.close(resolve))
  await channel.close({ drain })
  await closed
  process.exit()
})
server.listen(port, '127.0.0.1', () => say({ type: 'listening', port: (server.address() as AddressInfo).port }))
