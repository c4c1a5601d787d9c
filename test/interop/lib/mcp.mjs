import { ASCII_IDS } from './known.mjs'

/** What our server says to an MCP client before and after the stream that an exchange is about. */
export function createMcp() {
  let id
  return {
    without: { gap: 'a stream of MCP carries messages of JSON-RPC alone' },
    differs: { ids: ASCII_IDS },
    dialect: {
      type: 'message',
      message: (data, eventId) => ({
        id: eventId,
        data: { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data } },
      }),
      get end() {
        return [{ data: { jsonrpc: '2.0', id, result: { content: [] } } }]
      },
    },
    async before(req, res, next) {
      if (req.method === 'GET') return req.headers['last-event-id'] ? next() : void res.writeHead(405).end()
      if (req.method !== 'POST') return void res.writeHead(200).end()
      let body = ''
      for await (const chunk of req) body += chunk
      const message = JSON.parse(body)
      if (message.method === 'tools/call') {
        id = message.id
        return next()
      }
      if (message.id === undefined) return void res.writeHead(202).end()
      const known = message.method === 'initialize'
      const result = {
        protocolVersion: message.params?.protocolVersion,
        capabilities: { tools: {}, logging: {} },
        serverInfo: { name: 'eventwire', version: '1' },
      }
      const answer = known ? { result } : { error: { code: -32_601, message: 'Method not found' } }
      res.writeHead(200, { 'content-type': 'application/json' })
      return void res.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, ...answer }))
    },
  }
}

/** A client that calls a tool and tells of its log messages. */
export async function callTool(client, transport, { onEnd }) {
  await client.connect(transport)
  client.callTool({ name: 'any', arguments: {} }).then(
    () => onEnd('end'),
    (error) => onEnd(error),
  )
  return { close: () => client.close() }
}
