import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'

const READERS = 2000
const EVENTS = 100

/** What one machine pays: bytes for an idle connection; microseconds of CPU for a publish, a reader and event, a resume. */
export async function measure() {
  const child = fork(fileURLToPath(new URL('server.mjs', import.meta.url)), { execArgv: ['--expose-gc'] })
  const [{ port }] = await once(child, 'message')
  const ask = async (command, argument) => {
    child.send({ command, argument })
    const [{ result }] = await once(child, 'message')
    return result
  }
  const sockets = []
  try {
    await ask('publish', 2000) // compiled, and the history full
    const publish = await ask('publish', 2000)
    const empty = await ask('memory')
    for (let index = 0; index < READERS; index += 100) {
      sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => open(port)))))
    }
    const full = await ask('memory')
    await ask('publish', 20)
    const fanOut = await ask('publish', EVENTS)
    for (const socket of sockets.splice(0)) socket.destroy()

    // The id of 100 events ago, so that each resume replays those.
    const { id } = await ask('publish', 1)
    await ask('publish', 100)
    const before = await ask('mark')
    for (let index = 0; index < 1000; index += 50) {
      sockets.push(...(await Promise.all(Array.from({ length: 50 }, () => open(port, id)))))
    }
    const after = await ask('mark')
    const used = after.user + after.system - before.user - before.system
    return {
      heap: (full.heap - empty.heap) / READERS,
      rss: (full.rss - empty.rss) / READERS,
      publish: publish.cpu / 2000,
      readerAndEvent: fanOut.cpu / EVENTS / READERS,
      resume: used / 1000,
    }
  } finally {
    for (const socket of sockets) socket.destroy()
    child.send({ command: 'stop' })
    await once(child, 'exit')
  }
}

/** A raw socket that reads a stream and throws it away: settled with its first bytes. */
async function open(port, lastEventId) {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(
    `GET / HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n${lastEventId ? `last-event-id: ${lastEventId}\r\n` : ''}\r\n`,
  )
  await once(socket, 'data')
  socket.resume()
  return socket
}
