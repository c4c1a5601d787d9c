// The server of the client table, in a process of its own so that its work does not count as the
// client's. The path says how the events are written; the response ends after the last one.
import { createServer } from 'node:http'
import { eventText } from './event.mjs'

const COUNT = Number(process.argv[2])
const BLOCK = 64 * 1024

const all = Buffer.from(Array.from({ length: COUNT }, (_, i) => eventText(i)).join(''))

function* writes(path) {
  const step = path === '/events' ? eventText(0).length : BLOCK
  for (let start = 0; start < all.length; start += step) yield all.subarray(start, start + step)
}

const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  const pending = writes(request.url)
  function pump() {
    for (;;) {
      const { value, done } = pending.next()
      if (done) return response.end()
      if (!response.write(value)) return response.once('drain', pump)
    }
  }
  pump()
})

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port, bytes: all.length }))
process.on('disconnect', () => process.exit())
