import { eventStream } from 'eventwire/server'
import express from 'express'

/** A tick a second, numbered on from the last one the reader saw. */
function ticks(session) {
  let n = Number(session.lastEventId) || 0
  const timer = setInterval(() => session.send({ event: 'tick', id: ++n, data: { n } }), 1000)
  return () => {
    clearInterval(timer)
    console.log('a reader left')
  }
}

const app = express()

app.get('/', (req, res) => {
  eventStream(req, res, ticks)
})

app.listen(process.env.PORT ?? 3000)
