// A channel for each topic: the cheapest way there is.
import { createServer } from 'node:http'
import { createChannel, createSession } from 'better-sse'
import { EVENT, payload } from '../../payload.mjs'

export function create() {
  const channels = new Map()
  let id = 0
  return {
    server: createServer(async (request, response) => {
      const topic = new URL(request.url, 'http://localhost').searchParams.get('topic')
      if (!channels.has(topic)) channels.set(topic, createChannel())
      channels.get(topic).register(await createSession(request, response, { keepAlive: null }))
    }),
    connections: () => [...channels.values()].reduce((sum, channel) => sum + channel.sessionCount, 0),
    publish: (topic) => void channels.get(topic)?.broadcast(payload(), EVENT, { eventId: String(++id) }),
  }
}
