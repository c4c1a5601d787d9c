import { eventStream } from 'eventwire/server'
import Fastify from 'fastify'

/** A tick a second, numbered on from the last one the reader saw. */
function ticks(session) {
  let n = Number(session.lastEventId) || 0
  const timer = setInterval(() => session.send({ event: 'tick', id: ++n, data: { n } }), 1000)
  return () => {
    clearInterval(timer)
    console.log('a reader left')
  }
}

const app = Fastify()

app.get('/', (request, reply) => {
  // Fastify leaves the response alone from here on; headers its plugins have set go along.
  reply.hijack()
  eventStream(request.raw, reply.raw, ticks, { headers: reply.getHeaders() })
})

await app.listen({ port: Number(process.env.PORT ?? 3000) })
