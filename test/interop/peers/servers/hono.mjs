export default {
  name: "hono's streamSSE on Node",
  kind: 'server',
  npm: ['hono', '@hono/node-server'],
  ci: true,
  async serve(port, plan) {
    const { Hono } = await import('hono')
    const { streamSSE } = await import('hono/streaming')
    const { serve } = await import('@hono/node-server')
    const app = new Hono()
    app.get('/:name', (c) => {
      const { status, headers, messages, retry, end } = plan(c.req.param('name'), c.req.header('last-event-id'))
      if (status !== 200) return c.body(null, status, headers)
      return streamSSE(c, async (stream) => {
        for (const message of messages) await stream.writeSSE({ ...message, retry })
        if (!end) await new Promise((resolve) => stream.onAbort(resolve))
      })
    })
    const server = await new Promise((resolve) => {
      const made = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => resolve(made))
    })
    return {
      async close() {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      },
    }
  },
}
