import { eventStream } from 'eventwire/server'
import Koa from 'koa'

/** A tick a second, numbered on from the last one the reader saw. */
function ticks(session) {
  let n = Number(session.lastEventId) || 0
  const timer = setInterval(() => session.send({ event: 'tick', id: ++n, data: { n } }), 1000)
  return () => {
    clearInterval(timer)
    console.log('a reader left')
  }
}

const app = new Koa()

app.use((ctx) => {
  // Koa leaves the response alone.
  ctx.respond = false
  eventStream(ctx.req, ctx.res, ticks)
})

app.listen(process.env.PORT ?? 3000)
