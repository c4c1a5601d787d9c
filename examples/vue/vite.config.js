import { eventStream } from 'eventwire/server'

/** A tick a second, numbered on from the last one the reader saw. */
function ticks(session) {
  let n = Number(session.lastEventId) || 0
  const timer = setInterval(() => session.send({ event: 'tick', id: ++n, data: { n } }), 1000)
  return () => {
    clearInterval(timer)
    console.log('a reader left')
  }
}

/** Any server will do; this one is that of the page. */
const events = {
  name: 'events',
  configureServer({ middlewares }) {
    middlewares.use('/events', (req, res) => void eventStream(req, res, ticks))
  },
}

export default { plugins: [events] }
