import { eventStream } from 'eventwire/server'
import { H3, serve } from 'h3'

/** A tick a second, numbered on from the last one the reader saw. */
function ticks(session) {
  let n = Number(session.lastEventId) || 0
  const timer = setInterval(() => session.send({ event: 'tick', id: ++n, data: { n } }), 1000)
  return () => {
    clearInterval(timer)
    console.log('a reader left')
  }
}

const app = new H3()

app.get('/', (event) => eventStream(event.req, ticks))

serve(app, { port: process.env.PORT ?? 3000 })
