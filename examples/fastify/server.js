import cors from '@fastify/cors'
import { createChannel, eventStream } from 'eventwire/server'
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
const channel = createChannel()

// It answers preflights, and sets its headers on each reply.
await app.register(cors, { origin: true, credentials: true })

app.get('/', (request, reply) => {
  // Fastify leaves the response alone from here on; headers its plugins have set go along.
  reply.hijack()
  eventStream(request.raw, reply.raw, ticks, { headers: reply.getHeaders() })
})

// What all readers share.
app.get('/news', (request, reply) => {
  reply.hijack()
  reply.raw.setHeaders(new Map(Object.entries(reply.getHeaders())))
  return channel.node(request.raw, reply.raw)
})
app.get('/publish', () => channel.publish('news', { text: 'hello' }))

// Fastify waits for open streams.
app.addHook('preClose', () => channel.close())

await app.listen({ port: Number(process.env.PORT ?? 3000) })
