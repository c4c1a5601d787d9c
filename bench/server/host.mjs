// One candidate in a process of its own, which does what its parent asks. Started with the candidate's name and, where
// its readers have topics, `topics`.
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'

const [candidate, kind = ''] = process.argv.slice(2)
const { create } = await import(`./candidates/${kind && `${kind}/`}${candidate}.mjs`)
const { server, publish, connections } = await create()

/** Prime to the numbers of readers. */
const STRIDE = 7919

/** Bytes in use, after everything that can go has gone. */
async function heap() {
  for (let i = 0; i < 5; i++) {
    globalThis.gc()
    await sleep(20)
  }
  return process.memoryUsage().heapUsed
}

let cpu = process.cpuUsage()

const commands = {
  heap,
  connections,
  /** Some events in one turn of the event loop. */
  async publish(count) {
    for (let i = 0; i < count; i++) publish()
    await turn()
  },
  /** Each in a turn of its own, to readers far apart, so that no cache has what the last one left. */
  async publishToTopics({ publishes, readers }) {
    for (let i = 0; i < publishes; i++) {
      publish(String((i * STRIDE) % readers))
      await turn()
    }
  },
  /** Microseconds of CPU since it was last asked. */
  cpu() {
    const { user, system } = process.cpuUsage(cpu)
    cpu = process.cpuUsage()
    return user + system
  },
}

process.on('message', async ({ name, value }) => {
  process.send({ name, result: await commands[name](value) })
})
process.on('disconnect', () => process.exit())
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
  process.send({ name: 'listening', result: server.address().port }),
)
