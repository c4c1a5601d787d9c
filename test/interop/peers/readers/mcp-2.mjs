import { callTool, createMcp } from '../../lib/mcp.mjs'

export default {
  ...createMcp(),
  name: "MCP SDK 2's client",
  kind: 'reader',
  order: 68,
  npm: ['@modelcontextprotocol/client'],
  ci: true,
  async read(url, handlers) {
    const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client')
    const client = new Client({ name: 'interop', version: '1' })
    client.setNotificationHandler('notifications/message', ({ params }) => handlers.onEvent({ data: params.data }))
    return callTool(client, new StreamableHTTPClientTransport(new URL(url)), handlers)
  },
}
