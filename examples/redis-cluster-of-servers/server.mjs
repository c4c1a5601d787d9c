// One of the servers. All of them are the same; what they share is in Redis.
import { createServer } from 'node:http'
import { createChannel } from 'eventwire/server'
import { redisStreams } from 'eventwire/redis'
import { Redis } from 'ioredis'

const { NAME, REDIS_URL } = process.env
let isStopping = false

// The pattern for the connections that redisStreams makes; this one is never opened.
const client = new Redis(REDIS_URL, { lazyConnect: true })
const channel = createChannel({
  transport: redisStreams({ client, key: 'example:messages' }),
  retry: 500,
  onError: (error) => isStopping || console.error(`server ${NAME}: ${error.message}`),
})

const server = createServer(async (req, res) => {
  if (req.method === 'GET' && req.url === '/events') {
    // For the page to show; readers have no need to know.
    res.setHeader('x-server', NAME)
    return channel.node(req, res)
  }
  if (req.method === 'POST' && req.url === '/messages') {
    let text = ''
    for await (const chunk of req.setEncoding('utf8')) text += chunk
    try {
      const id = await channel.publish('message', { text, from: NAME })
      res.writeHead(201).end(id)
    } catch (error) {
      res.writeHead(503).end(error.message)
    }
    return
  }
  res.writeHead(404).end()
})

server.listen(0, '127.0.0.1', () => process.send(server.address().port))
// Ctrl-C goes to all processes; the parent says what to do.
process.on('SIGINT', () => (isStopping = true))
process.on('disconnect', () => process.exit())
process.on('message', async () => {
  isStopping = true
  await channel.close({ drain: 500 })
  server.close()
  process.disconnect()
})
