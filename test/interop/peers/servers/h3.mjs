import { listening } from '../../lib/server-scene.mjs'

export default {
  name: "h3's createEventStream",
  kind: 'server',
  npm: ['h3'],
  ci: true,
  async serve(port, plan) {
    const { createEventStream, H3, toNodeHandler } = await import('h3')
    const { createServer } = await import('node:http')
    const app = new H3()
    app.get('/:name', (event) => {
      const { status, headers, messages, retry, end } = plan(
        event.context.params.name,
        event.req.headers.get('last-event-id'),
      )
      if (status !== 200) return new Response(null, { status, headers })
      const stream = createEventStream(event)
      const write = async () => {
        for (const message of messages) await stream.push({ ...message, retry })
        if (end) await stream.close()
      }
      write().catch(() => {})
      return stream.send()
    })
    return listening(createServer(toNodeHandler(app)), port)
  },
}
