// The server of the demo, in a process of its own so that it can be killed: one channel, to which it publishes a numbered
// tick for every `interval` milliseconds since `start`. Those that fell due while no server ran are published when it starts.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { acceptsEventStream, createChannel } from 'eventwire/server'
import { sqliteHistory } from 'eventwire/sqlite'

/** Milliseconds that the last readers may take to be noticed as gone. */
const LEAVE_MS = 2000

/** So much falls due while a server is started on a slow machine, with a tick every few milliseconds. */
const HISTORY = { size: 100_000, maxBytes: 64 * 1024 * 1024 }

const { file, port, interval, start, from } = JSON.parse(process.argv[2])
const database = file === undefined ? undefined : openDatabase(file)
let channel = openChannel()
let next = from
const timer = setInterval(publishDue, interval)

function openDatabase(path) {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const opened = new DatabaseSync(path)
  opened.exec('PRAGMA journal_mode = WAL')
  return opened
}

function openChannel(size = HISTORY.size) {
  const transport = database && sqliteHistory({ database })
  return createChannel({ transport, history: { ...HISTORY, size }, retry: interval })
}

/** The key makes a tick one event, also where the process before this one was killed before it could say that it has it. */
function publishDue() {
  const due = Math.floor((Date.now() - start) / interval)
  const publishing = []
  for (; next <= due; next++) {
    const number = next
    const published = channel.publish('tick', { number, square: number ** 2 }, { key: `tick-${number}` })
    publishing.push(published.then(() => process.send({ name: 'published', value: number })))
  }
  return Promise.all(publishing)
}

const commands = {
  /** No new tick from now on; readers stay. Gives the number of the newest. */
  async stop() {
    clearInterval(timer)
    await publishDue()
    return next - 1
  },
  /** The history forgets all but the newest tick. Readers are let go, and come back. */
  async trim() {
    await channel.close()
    channel = openChannel(1)
    await Promise.all([publishDue(), channel.publish('trim', '')])
    await channel.close()
    channel = openChannel()
  },
  /** Gives how many readers are left though nobody reads any more. */
  async close() {
    for (let waited = 0; channel.connections > 0 && waited < LEAVE_MS; waited += 10) await sleep(10)
    const { connections } = channel
    await channel.close()
    database?.close()
    return connections
  },
}

const server = createServer((request, response) => {
  if (acceptsEventStream(request)) void channel.node(request, response)
  else response.writeHead(406, { 'content-type': 'text/plain' }).end('This resource is an event stream.\n')
})
server.listen(port, '127.0.0.1', () => process.send({ name: 'listening', value: server.address().port }))
process.on('message', async (name) => process.send({ name, value: await commands[name]() }))
process.on('disconnect', () => process.exit())
// Ctrl-C in a terminal reaches this process too. The other one says when it is over.
process.on('SIGINT', () => {})
