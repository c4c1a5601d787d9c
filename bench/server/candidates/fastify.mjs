import sse from '@fastify/sse'
import fastify from 'fastify'
import { EVENT, payload } from '../payload.mjs'

export async function create() {
  const replies = new Set()
  let id = 0
  const app = fastify()
  await app.register(sse)
  app.get('/', { sse: { kind: 'only', heartbeat: false } }, async (request, reply) => {
    reply.sse.keepAlive()
    reply.sse.onClose(() => replies.delete(reply))
    await reply.sse.send({ comment: '', data: '' })
    replies.add(reply)
  })
  await app.ready()
  return {
    server: app.server,
    connections: () => replies.size,
    publish() {
      const message = { event: EVENT, id: String(++id), data: payload() }
      for (const reply of replies) void reply.sse.send(message)
    },
  }
}
