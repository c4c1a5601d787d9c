import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createChannel } from '../../dist/server/index.js'
import { EVENT, payload } from './payload.mjs'

const EVENTS = 1000
const RESOLUTION = 5

const channel = createChannel()
const server = createServer(channel.node)
const first = await channel.publish(EVENT, payload())
const ids = [first]
for (let i = 1; i < EVENTS; i++) ids.push(await channel.publish(EVENT, payload()))

let delay
let isWatching = false
let busiest = 0

/** Milliseconds of CPU that the thread of the loop has had; where that is not told, those of the process. */
function cpuOfLoop() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6
  } catch {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
}

/** CPU of each turn of the loop. On a machine that does other things too, it tells what wall time cannot. */
function watchTurns(before) {
  const now = cpuOfLoop()
  busiest = Math.max(busiest, now - before)
  if (isWatching) setImmediate(watchTurns, now)
}

const commands = {
  watch() {
    globalThis.gc()
    delay = monitorEventLoopDelay({ resolution: RESOLUTION })
    delay.enable()
    isWatching = true
    watchTurns(cpuOfLoop())
  },
  /** Milliseconds: the longest wait beyond the time between two looks, and the CPU of the busiest turn. */
  blocked() {
    delay.disable()
    isWatching = false
    return { wall: delay.max / 1e6 - RESOLUTION, cpu: busiest }
  },
}

process.on('message', async ({ name, value }) => {
  process.send({ name, result: await commands[name](value) })
})
process.on('disconnect', () => process.exit())
server.listen({ port: 0, host: '127.0.0.1', backlog: 8192 }, () =>
  process.send({ name: 'listening', result: { port: server.address().port, ids, events: EVENTS } }),
)
