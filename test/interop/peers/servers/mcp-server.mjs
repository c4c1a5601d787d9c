import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { listening } from '../../lib/server-scene.mjs'

const VERSION = '2025-11-25'
const call = (message) => JSON.stringify({ jsonrpc: '2.0', ...message })
const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': VERSION,
}

/** Events under the ids `<stream>_<number>`, in the order in which they came. */
function eventStore() {
  const events = []
  return {
    async storeEvent(streamId, message) {
      events.push({ streamId, message })
      return `${streamId}_${events.length - 1}`
    },
    async replayEventsAfter(lastEventId, { send }) {
      const last = Number(lastEventId.slice(lastEventId.lastIndexOf('_') + 1))
      const { streamId } = events[last]
      for (const [at, event] of events.entries()) {
        if (at > last && event.streamId === streamId) await send(`${streamId}_${at}`, event.message)
      }
      return streamId
    },
  }
}

export default {
  name: 'MCP SDK 1 with an event store',
  kind: 'server',
  order: 63,
  npm: ['@modelcontextprotocol/sdk', 'zod'],
  ci: true,
  exchanges: ['plain', 'lines', 'unicode', 'separators', 'big', 'cut', 'end'],
  about:
    "A POST that is resumed by GET: `resume: () => ({ method: 'GET', body: null })`, and `until` the message with the result. The call is made once. The event store keeps the order of what it is given; the one among the SDK's examples leaves it to chance within a millisecond.",
  fields: ['data'],
  endsWith: 'end',
  text({ data }) {
    if (data === '') return undefined
    const { method, params } = JSON.parse(data)
    return method === 'notifications/message' ? params.data : undefined
  },
  request: (name) => ({
    method: 'POST',
    headers: HEADERS,
    body: call({ id: name, method: 'tools/call', params: { name: 'texts', arguments: { name } } }),
    resume: () => ({ method: 'GET', body: null }),
    until: ({ data }) => data !== '' && 'result' in JSON.parse(data),
  }),
  async serve(port, plan) {
    const { McpServer } = await import('@modelcontextprotocol/sdk/server/mcp.js')
    const { StreamableHTTPServerTransport } = await import('@modelcontextprotocol/sdk/server/streamableHttp.js')
    const { z } = await import('zod')
    const mcp = new McpServer({ name: 'texts', version: '1' }, { capabilities: { logging: {} } })
    let calls = 0
    mcp.registerTool('texts', { inputSchema: { name: z.string() } }, async ({ name }, { sendNotification }) => {
      if (++calls > 1) throw new Error('called twice')
      const { messages, end } = plan(name)
      for (const { data } of messages) {
        await sendNotification({ method: 'notifications/message', params: { level: 'info', data } })
      }
      if (!end) await new Promise(() => {})
      return { content: [] }
    })
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: eventStore(),
      retryInterval: 50,
    })
    await mcp.connect(transport)
    const sessions = createServer((req, res) => {
      // One session for the exchange, whose calls do not know its id.
      if (session !== undefined) {
        req.headers['mcp-session-id'] = session
        req.rawHeaders.push('mcp-session-id', session)
      }
      void transport.handleRequest(req, res)
    })
    let session
    const server = await listening(sessions, port)
    const url = `http://127.0.0.1:${port}/`
    const params = { protocolVersion: VERSION, capabilities: {}, clientInfo: { name: 'interop', version: '1' } }
    const answer = await fetch(url, {
      method: 'POST',
      headers: HEADERS,
      body: call({ id: 0, method: 'initialize', params }),
    })
    await answer.text()
    session = answer.headers.get('mcp-session-id')
    const body = call({ method: 'notifications/initialized' })
    await fetch(url, { method: 'POST', headers: HEADERS, body })
    return server
  },
}
