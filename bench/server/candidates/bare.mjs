// The floor: Node's own response, and one Buffer for all.
import { createServer } from 'node:http'
import { EVENT, payload } from '../payload.mjs'

export function create() {
  const responses = new Set()
  let id = 0
  return {
    server: createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
      response.write(':\n\n')
      responses.add(response)
      response.on('close', () => responses.delete(response))
    }),
    connections: () => responses.size,
    publish() {
      const event = Buffer.from(`event: ${EVENT}\nid: ${++id}\ndata: ${JSON.stringify(payload())}\n\n`)
      for (const response of responses) response.write(event)
    },
  }
}
