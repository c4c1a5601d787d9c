import { createServer } from 'node:http'
import { createEventStream, H3, toNodeHandler } from 'h3'
import { EVENT, payload } from '../payload.mjs'

export function create() {
  const streams = new Set()
  let id = 0
  const app = new H3().get('/', (event) => {
    const stream = createEventStream(event)
    streams.add(stream)
    stream.onClosed(() => streams.delete(stream))
    void stream.pushComment('')
    return stream.send()
  })
  return {
    server: createServer(toNodeHandler(app)),
    connections: () => streams.size,
    publish() {
      const message = { event: EVENT, id: String(++id), data: JSON.stringify(payload()) }
      for (const stream of streams) void stream.push(message)
    },
  }
}
