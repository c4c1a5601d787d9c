import { serve } from '@hono/node-server'
import { eventStream } from 'eventwire/server'
import { Hono } from 'hono'

/** A tick a second, numbered on from the last one the reader saw. */
function ticks(session) {
  let n = Number(session.lastEventId) || 0
  const timer = setInterval(() => session.send({ event: 'tick', id: ++n, data: { n } }), 1000)
  return () => {
    clearInterval(timer)
    console.log('a reader left')
  }
}

const app = new Hono()

app.get('/', (c) => eventStream(c.req.raw, ticks))

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })
