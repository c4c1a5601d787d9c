import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { redisRuns } from 'eventwire/redis'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { createEventStore } from './event-store.js'

// The pattern for the connections that redisRuns makes; this one is never opened.
const client = new Redis(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379', { lazyConnect: true })
const store = redisRuns({ client, prefix: 'mcp:' })
const sessions = new Map()

function createMcpServer() {
  const server = new McpServer({ name: 'counter', version: '1.0.0' })
  server.registerTool('count', { inputSchema: { to: z.number() } }, async ({ to }, { sendNotification, _meta }) => {
    for (let progress = 1; progress <= to; progress++) {
      await wait(100)
      const params = { progressToken: _meta?.progressToken, progress, total: to }
      if (params.progressToken !== undefined) await sendNotification({ method: 'notifications/progress', params })
    }
    return { content: [{ type: 'text', text: `counted to ${to}` }] }
  })
  return server
}

async function openSession() {
  const session = randomUUID()
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => session,
    eventStore: createEventStore(store, session),
    retryInterval: 200,
  })
  transport.onclose = () => sessions.delete(session)
  sessions.set(session, transport)
  await createMcpServer().connect(transport)
  return transport
}

const server = createServer(async (req, res) => {
  const session = req.headers['mcp-session-id']
  const transport = session === undefined ? await openSession() : sessions.get(session)
  if (!transport) return res.writeHead(404).end()
  await transport.handleRequest(req, res)
})
server.listen(Number(process.env.PORT ?? 3000))
