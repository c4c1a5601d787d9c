import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const BRACE = 0x7d

/** A reader that was cut somewhere in the first tenth of the history, and wants the rest. */
function comeBack(port, ids) {
  const seen = Math.floor((Math.random() * ids.length) / 10)
  let missing = ids.length - 1 - seen
  return new Promise((resolve, reject) => {
    const socket = connect({
      port,
      host: '127.0.0.1',
      onread: {
        buffer: Buffer.alloc(64 * 1024),
        callback(length, buffer) {
          const bytes = buffer.subarray(0, length)
          for (let at = bytes.indexOf(BRACE); at !== -1; at = bytes.indexOf(BRACE, at + 1)) missing--
          if (missing === 0) resolve(socket)
          return true
        },
      },
    })
    socket.on('error', reject)
    socket.write(`GET / HTTP/1.1\r\nhost: localhost\r\nlast-event-id: ${ids[seen]}\r\n\r\n`)
  })
}

const sockets = []

const commands = {
  /** Milliseconds until all have what they missed. */
  async storm({ port, ids, readers, within }) {
    const began = performance.now()
    const all = []
    for (let i = 0; i < readers; i++) {
      all.push(comeBack(port, ids))
      const due = began + (within * i) / readers
      if (due > performance.now()) await sleep(due - performance.now())
    }
    sockets.push(...(await Promise.all(all)))
    return performance.now() - began
  },
  close() {
    for (const socket of sockets.splice(0)) socket.destroy()
  },
}

process.on('message', async ({ name, value }) => {
  process.send({ name, result: await commands[name](value) })
})
process.on('disconnect', () => process.exit())
