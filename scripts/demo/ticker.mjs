import { createServer } from 'node:http'
import { once } from 'node:events'
import { acceptsEventStream, eventStream } from 'eventwire/server'

/**
 * A server that numbers its ticks: one every `interval` milliseconds, for whoever reads. A reader that
 * comes back with Last-Event-ID first gets what it missed.
 */
export async function startTicker(interval) {
  let last = 0
  let onTick = new Set()
  const clock = setInterval(() => {
    last++
    for (const tell of onTick) tell()
  }, interval)

  const message = (number) => ({ event: 'tick', id: number, data: { number, square: number ** 2 } })

  const server = createServer((request, response) => {
    if (!acceptsEventStream(request)) {
      response.writeHead(406, { 'content-type': 'text/plain' }).end('This resource is an event stream.\n')
      return
    }
    eventStream(
      request,
      response,
      (session) => {
        let sent = session.lastEventId === '' ? last : Number(session.lastEventId)
        const catchUp = () => {
          while (sent < last) session.send(message(++sent))
        }
        catchUp()
        onTick.add(catchUp)
        return () => onTick.delete(catchUp)
      },
      { retry: interval },
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    port: server.address().port,
    get last() {
      return last
    },
    get readers() {
      return onTick.size
    },
    /** No tick from now on; readers stay. */
    stop: () => clearInterval(clock),
    async close() {
      clearInterval(clock)
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
