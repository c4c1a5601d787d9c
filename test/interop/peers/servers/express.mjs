import { listening } from '../../lib/server-scene.mjs'

export default {
  name: 'Express with plain res.write',
  kind: 'server',
  npm: ['express'],
  ci: true,
  async serve(port, plan) {
    const { default: express } = await import('express')
    const { createServer } = await import('node:http')
    const app = express()
    app.get('/:name', (req, res) => {
      const { status, headers, messages, retry, end } = plan(req.params.name, req.get('last-event-id'))
      if (status !== 200)
        return void res
          .status(status)
          .set(headers ?? {})
          .end()
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      if (retry) res.write(`retry: ${retry}\n\n`)
      for (const { event, data, id } of messages) {
        const lines = data.split('\n').map((line) => `data: ${line}\n`)
        res.write(`id: ${id}\n${event ? `event: ${event}\n` : ''}${lines.join('')}\n`)
      }
      if (end) res.end()
    })
    return listening(createServer(app), port)
  },
}
