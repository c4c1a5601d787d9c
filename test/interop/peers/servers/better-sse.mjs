import { gone, listening } from '../../lib/server-scene.mjs'

export default {
  name: 'better-sse',
  kind: 'server',
  npm: ['better-sse'],
  ci: true,
  about: 'It writes data as JSON.',
  text: ({ data }) => JSON.parse(data),
  async serve(port, plan) {
    const { createSession } = await import('better-sse')
    const { createServer } = await import('node:http')
    const server = createServer(async (req, res) => {
      const { status, headers, messages, retry, end } = plan(req.url.slice(1), req.headers['last-event-id'])
      if (status !== 200) return void res.writeHead(status, headers).end()
      const session = await createSession(req, res, { retry: retry ?? null })
      for (const { event = 'message', data, id } of messages) session.push(data, event, id)
      if (!end) await gone(res)
      res.end()
    })
    return listening(server, port)
  },
}
