import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/**
 * A connection that can be lost: passes bytes on to `port`, until it is told to stop in the middle of them. Whoever made it
 * closes it.
 */
export async function createCutter(port) {
  const pairs = new Set()
  // Bytes that may still pass, of whatever connection. They are counted down once the cutter is armed.
  let left = Infinity
  let trickle = false
  let cuts = 0
  const opened = []

  const server = createServer((near) => {
    opened.push(performance.now())
    const far = connect(port, '127.0.0.1')
    const pair = [near, far]
    pairs.add(pair)
    for (const socket of pair) {
      socket.setNoDelay()
      socket.on('error', () => {})
      socket.once('close', () => {
        pairs.delete(pair)
        for (const other of pair) other.destroy()
      })
    }
    near.pipe(far, { end: false })
    near.once('end', () => far.end())
    far.once('end', () => near.end())
    pass(far, near).catch(() => {})
  })

  async function pass(far, near) {
    for await (const chunk of far) {
      const part = chunk.subarray(0, Math.min(chunk.byteLength, left))
      left -= part.byteLength
      for (const piece of trickle ? pieces(part) : [part]) {
        if (!near.write(piece)) await once(near, 'drain')
        if (trickle) await new Promise(setImmediate)
      }
      if (left > 0) continue
      left = Infinity
      cuts++
      // What was sent before the loss does arrive.
      await new Promise((resolve) => setTimeout(resolve, 50))
      // As the system closes the connections of a process that died.
      near.destroy()
    }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: server.address().port,
    get cuts() {
      return cuts
    },
    /** When each connection was opened. */
    opened,
    /** Loses the connection after so many bytes more. */
    arm(bytes) {
      left = bytes
    },
    /** Loses all connections at once. */
    cut() {
      cuts++
      for (const [near] of pairs) near.resetAndDestroy()
    },
    /** Whether bytes pass in pieces that end in the middle of characters. */
    set trickle(on) {
      trickle = on
    },
    async close() {
      server.close()
      for (const pair of pairs) for (const socket of pair) socket.destroy()
    },
  }
}

/** Pieces of three bytes, since most characters that are no ASCII have two or four. Large ones pass whole. */
function* pieces(bytes) {
  if (bytes.byteLength > 4096) yield bytes
  else for (let at = 0; at < bytes.byteLength; at += 3) yield bytes.subarray(at, at + 3)
}
