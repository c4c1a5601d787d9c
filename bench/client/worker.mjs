// One client in a process of its own, which reads the stream once for each order it gets.
import { setImmediate as turn } from 'node:timers/promises'
import { touch } from '../lib/measure.mjs'
import { clients } from './clients.mjs'

/** A reader with something to do: gives way to the event loop after this many events. */
const PAUSE_EVERY = 1000
const LOOK_EVERY = 30_000

const [name, count] = [process.argv[2], Number(process.argv[3])]
let read
try {
  read = await clients[name]()
  process.send({ ready: true })
} catch (error) {
  process.send({ unavailable: String(error?.message ?? error).split('\n')[0] })
  process.disconnect()
}

process.on('message', async ({ url, memory }) => process.send(memory ? await weigh(url) : await time(url)))

async function time(url) {
  let sum = 0
  globalThis.gc()
  const cpu = process.cpuUsage()
  const started = performance.now()
  await read(
    url,
    count,
    (data, bytes) => (sum += data === undefined ? bytes.length : touch(data)),
    () => undefined,
  )
  const ms = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  return { ms, cpu: (user + system) / 1000, checksum: sum }
}

/** The most that is alive while a reader that pauses reads: what the client itself piles up. */
async function weigh(url) {
  let seen = 0
  let most = 0
  const live = () => {
    globalThis.gc()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = live()
  const look = () => {
    if (++seen % LOOK_EVERY === 0) most = Math.max(most, live())
  }
  await read(url, count, look, () => (seen % PAUSE_EVERY === 0 ? turn() : undefined))
  return { grown: most - before }
}
