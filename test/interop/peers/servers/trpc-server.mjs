export default {
  name: 'tRPC',
  kind: 'server',
  order: 60,
  npm: ['@trpc/server', 'zod'],
  ci: true,
  exchanges: ['plain', 'lines', 'unicode', 'separators', 'big', 'cut', 'end'],
  about: '`until: ({ event }) => event === "return"` knows its end; data is JSON.',
  fields: ['data', 'id'],
  endsWith: 'end',
  text: ({ event, data }) => (event === 'message' ? JSON.parse(data) : undefined),
  request: (name) => ({
    path: `/texts?input=${encodeURIComponent(JSON.stringify({ name }))}`,
    until: ({ event }) => event === 'return',
  }),
  async serve(port, plan) {
    const { initTRPC, tracked } = await import('@trpc/server')
    const { createHTTPServer } = await import('@trpc/server/adapters/standalone')
    const { z } = await import('zod')
    const { router, procedure } = initTRPC.create()
    const texts = procedure
      .input(z.object({ name: z.string(), lastEventId: z.string().optional() }))
      .subscription(async function* ({ input, signal }) {
        const { messages, end } = plan(input.name, input.lastEventId)
        for (const { data, id } of messages) yield tracked(id, data)
        if (!end) await new Promise((resolve) => signal.addEventListener('abort', resolve))
      })
    const server = createHTTPServer({ router: router({ texts }) })
    await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
    return {
      async close() {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      },
    }
  },
}
