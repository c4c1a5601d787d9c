// A channel, or anything else that is to be one for all readers, belongs in a module of its own.
import { eventStream } from 'eventwire/server'

// Neither cached nor rendered beforehand.
export const dynamic = 'force-dynamic'

/** A tick a second, numbered on from the last one the reader saw. */
function ticks(session) {
  let n = Number(session.lastEventId) || 0
  const timer = setInterval(() => session.send({ event: 'tick', id: ++n, data: { n } }), 1000)
  return () => {
    clearInterval(timer)
    console.log('a reader left')
  }
}

export function GET(request) {
  return eventStream(request, ticks)
}
