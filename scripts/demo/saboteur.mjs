import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** Cuts for each time that the server itself is killed. */
const CUTS_PER_KILL = 4

/**
 * A proxy in front of `port` that lets some bytes through and then cuts the connection, wherever in an
 * event that falls. `spare` gives the number of bytes for each connection. Now and then it calls `kill`, where there is one.
 */
export async function startSaboteur(port, { spare, onCut, kill }) {
  const sockets = new Set()
  let isCalm = false
  let cuts = 0

  const server = createServer((reader) => {
    const upstream = connect(port, '127.0.0.1')
    let left = spare()
    for (const socket of [reader, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        reader.destroy()
        upstream.destroy()
      })
    }
    reader.pipe(upstream)
    upstream.on('data', (bytes) => {
      if (isCalm || bytes.length < left) {
        left -= bytes.length
        reader.write(bytes)
        return
      }
      upstream.destroy()
      const tail = bytes.subarray(0, left)
      onCut(tail.length > 0 && !tail.toString('latin1').endsWith('\n\n'))
      reader.end(tail, () => reader.destroy())
      if (++cuts % CUTS_PER_KILL === 0) kill?.()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    /** No cut from now on. */
    calmDown() {
      isCalm = true
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
