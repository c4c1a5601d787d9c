import { createServer } from 'node:http'
import { gone, listening } from '../../lib/server-scene.mjs'

export default {
  name: "ai's UI message stream",
  kind: 'server',
  order: 62,
  npm: ['ai'],
  ci: true,
  exchanges: ['plain', 'lines', 'unicode', 'separators', 'big', 'end'],
  about: "`until: ({ data }) => data === '[DONE]'` knows its end; data is JSON.",
  fields: ['data'],
  endsWith: 'end',
  text({ data }) {
    if (data === '[DONE]') return undefined
    const { type, delta } = JSON.parse(data)
    return type === 'text-delta' ? delta : undefined
  },
  request: () => ({ method: 'POST', until: ({ data }) => data === '[DONE]' }),
  async serve(port, plan) {
    const { createUIMessageStream, pipeUIMessageStreamToResponse } = await import('ai')
    const server = createServer((req, response) => {
      const { messages, end } = plan(req.url.slice(1))
      const stream = createUIMessageStream({
        async execute({ writer }) {
          for (const { data } of messages) writer.write({ type: 'text-delta', id: 'one', delta: data })
          if (!end) await gone(response)
        },
      })
      pipeUIMessageStreamToResponse({ response, stream })
    })
    return listening(server, port)
  },
}
