import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createChannel } from '../../dist/server/index.js'
import { sqliteHistory } from '../../dist/sqlite/index.js'
import { EVENT, payload } from './payload.mjs'

const EVENTS = 1000
const RESOLUTION = 5

const folder = process.argv[2] === 'file' ? mkdtempSync(join(tmpdir(), 'eventwire-bench-')) : undefined
const database = folder && openDatabase(join(folder, 'events.db'))
const history = { size: EVENTS + 1 }
const open = () => createChannel({ history, transport: database && sqliteHistory({ database }) })
let channel = open()
const ids = await Promise.all(Array.from({ length: EVENTS }, () => channel.publish(EVENT, payload())))
if (database) {
  // After a restart the memory holds none of them.
  await channel.close()
  channel = open()
}
const server = createServer(channel.node)

function openDatabase(path) {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const opened = new DatabaseSync(path)
  opened.exec('PRAGMA journal_mode = WAL')
  return opened
}

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
process.on('exit', () => folder && rmSync(folder, { recursive: true }))
process.on('SIGTERM', () => process.exit())
process.on('disconnect', () => process.exit())
server.listen({ port: 0, host: '127.0.0.1', backlog: 8192 }, () =>
  process.send({ name: 'listening', result: { port: server.address().port, ids, events: EVENTS } }),
)
