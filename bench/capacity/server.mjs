// The server of `npm run capacity`, in a process of its own, so that the readers' costs are not counted.
import { createServer } from 'node:http'
import { createChannel } from '../../dist/server/index.js'

const channel = createChannel({ heartbeat: 0, history: { size: 1000 } })
const server = createServer(channel.node).listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
const turn = () => new Promise((resolve) => setImmediate(resolve))
const DATA = 'x'.repeat(150)

const COMMANDS = {
  async memory() {
    for (let round = 0; round < 5; round++) {
      globalThis.gc()
      await turn()
    }
    const { heapUsed, rss, external } = process.memoryUsage()
    return { heap: heapUsed, rss, external, connections: channel.connections }
  },
  /** One event in each turn, to all who are connected. */
  async publish(events) {
    const before = process.cpuUsage()
    let id = ''
    for (let index = 0; index < events; index++) {
      id = await channel.publish('tick', DATA)
      await turn()
    }
    const { user, system } = process.cpuUsage(before)
    return { cpu: user + system, id }
  },
  mark: () => process.cpuUsage(),
  async stop() {
    await channel.close()
    server.closeAllConnections()
    server.close()
    process.disconnect()
  },
}

process.on('message', async ({ command, argument }) => {
  const result = await COMMANDS[command](argument)
  if (process.connected) process.send({ result: result ?? null })
})
