import { callTool, createMcp } from '../../lib/mcp.mjs'

export default {
  ...createMcp(),
  name: "MCP SDK 1's client",
  kind: 'reader',
  order: 67,
  npm: ['@modelcontextprotocol/sdk'],
  ci: true,
  async read(url, handlers) {
    const { Client } = await import('@modelcontextprotocol/sdk/client/index.js')
    const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js')
    const { LoggingMessageNotificationSchema } = await import('@modelcontextprotocol/sdk/types.js')
    const client = new Client({ name: 'interop', version: '1' })
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) =>
      handlers.onEvent({ data: params.data }),
    )
    return callTool(client, new StreamableHTTPClientTransport(new URL(url)), handlers)
  },
}
