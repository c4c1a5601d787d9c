// One candidate in a process of its own, which does what its parent asks. Started with the candidate's name.
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'

const { create } = await import(`./candidates/${process.argv[2]}.mjs`)
const { server, publish, connections } = await create()

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
