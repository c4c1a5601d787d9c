import { createServer } from 'node:http'
import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { acceptsEventStream, eventStream } from 'eventwire/server'

/** Turns of the event loop that the last readers may take to be noticed as gone. */
const TURNS = 100

/**
 * The classic event source: whoever reads gets an event every `interval` milliseconds, from a timer that
 * goes when the reader goes. Ticks are numbered since the start of the server, so that a reader that comes back
 * with Last-Event-ID first gets what it missed.
 */
export async function startTicker(interval) {
  const start = performance.now()
  let stoppedAt
  let timers = 0
  const last = () => stoppedAt ?? Math.floor((performance.now() - start) / interval)

  function tickTo(session) {
    let sent = session.lastEventId === '' ? last() : Number(session.lastEventId)
    const catchUp = () => {
      while (sent < last()) {
        sent++
        session.send({ event: 'tick', id: sent, data: { number: sent, square: sent ** 2 } })
      }
    }
    const timer = setInterval(catchUp, interval)
    timers++
    return () => {
      clearInterval(timer)
      timers--
    }
  }

  const server = createServer((request, response) => {
    if (acceptsEventStream(request)) eventStream(request, response, tickTo, { retry: interval })
    else response.writeHead(406, { 'content-type': 'text/plain' }).end('This resource is an event stream.\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    port: server.address().port,
    /** The number of the newest tick. */
    get last() {
      return last()
    },
    /** Timers that run for readers. */
    get timers() {
      return timers
    },
    /** No new tick from now on; readers stay. */
    stop() {
      stoppedAt = last()
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      // Responses tell of their end within a few turns of the loop.
      for (let turn = 0; turn < TURNS && this.timers > 0; turn++) await setImmediate()
    },
  }
}
