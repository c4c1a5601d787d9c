// One channel whose broadcasts are filtered: one order of events, as a history needs it.
import { createServer } from 'node:http'
import { createChannel, createSession } from 'better-sse'
import { EVENT, payload } from '../../payload.mjs'

export function create() {
  const channel = createChannel()
  let id = 0
  return {
    server: createServer(async (request, response) => {
      const topic = new URL(request.url, 'http://localhost').searchParams.get('topic')
      channel.register(await createSession(request, response, { keepAlive: null, state: { topic } }))
    }),
    connections: () => channel.sessionCount,
    publish: (topic) =>
      void channel.broadcast(payload(), EVENT, {
        eventId: String(++id),
        filter: ({ state }) => state.topic === topic,
      }),
  }
}
