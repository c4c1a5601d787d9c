import { createServer } from 'node:http'
import { createChannel, createSession } from 'better-sse'
import { EVENT, payload } from '../payload.mjs'

export function create() {
  const channel = createChannel()
  let id = 0
  return {
    server: createServer(async (request, response) => {
      channel.register(await createSession(request, response, { keepAlive: null }))
    }),
    connections: () => channel.sessionCount,
    publish: () => void channel.broadcast(payload(), EVENT, { eventId: String(++id) }),
  }
}
