import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/**
 * A proxy in front of `port` that lets some bytes through and then cuts the connection, wherever in an
 * event that falls. `spare` gives the number of bytes for each connection.
 */
export async function startSaboteur(port, { spare, onCut }) {
  const sockets = new Set()
  let isCalm = false

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
