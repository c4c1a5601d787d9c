// What publishing costs on each transport: events in a second, without readers but for one that keeps delivery going.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { redisStreams } from '../../dist/redis/index.js'
import { createChannel } from '../../dist/server/index.js'
import { sqliteHistory } from '../../dist/sqlite/index.js'
import { EVENT, payload } from './payload.mjs'

/** Events of one turn of the event loop, as a busy server has them. */
const PER_TURN = 10
const BATCH = 1000

/** Each publishes `count` events, and is done when all are kept. */
const WAYS = {
  'one batch of 1,000': async (channel, count) => {
    for (let done = 0; done < count; done += BATCH) {
      await Promise.all(Array.from({ length: BATCH }, () => channel.publish(EVENT, payload())))
    }
  },
  '10 in each turn': async (channel, count) => {
    const publishing = []
    for (let done = 0; done < count; done += PER_TURN) {
      for (let n = 0; n < PER_TURN; n++) publishing.push(channel.publish(EVENT, payload()))
      await turn()
    }
    await Promise.all(publishing)
  },
  'one at a time, awaited': async (channel, count) => {
    for (let done = 0; done < count; done++) await channel.publish(EVENT, payload())
  },
}

/** The open of each transport; `undefined` where this machine has no such thing. */
const TRANSPORTS = {
  memory: () => ({ transport: undefined, close() {} }),
  'SQLite, synchronous NORMAL': () => openSqlite('NORMAL'),
  'SQLite, synchronous FULL': () => openSqlite('FULL'),
  'Redis on this machine': openRedis,
}

function openSqlite(level) {
  const sqlite = process.getBuiltinModule?.('node:sqlite')
  if (!sqlite) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'eventwire-bench-'))
  const database = new sqlite.DatabaseSync(join(folder, 'events.db'))
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${level}`)
  return {
    transport: sqliteHistory({ database }),
    close() {
      database.close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function openRedis() {
  if (!existsSync('/usr/bin/redis-server')) return undefined
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const server = spawn('redis-server', words, { stdio: 'ignore' })
  const { Redis } = await import('ioredis')
  const client = new Redis({ port, lazyConnect: true })
  return {
    transport: redisStreams({ client, key: 'bench', timeoutMs: 30_000 }),
    async close() {
      client.disconnect()
      server.kill('SIGKILL')
      await once(server, 'exit')
    },
  }
}

/** Events per second for each transport and way, the best of some rounds. */
export async function measurePublish({ count, rounds }) {
  const rows = []
  for (const [name, open] of Object.entries(TRANSPORTS)) {
    const opened = await open()
    if (!opened) {
      console.error(`${name}: not on this machine`)
      continue
    }
    const channel = createChannel({ transport: opened.transport, heartbeat: 0 })
    const response = await channel.fetch(new Request('http://localhost/'))
    const reading = response.body.pipeTo(new WritableStream()).catch(() => {})
    await channel.publish(EVENT, payload())
    const row = { name }
    for (const [way, publish] of Object.entries(WAYS)) {
      let best = 0
      for (let round = 0; round < rounds; round++) {
        // A write to disk for each event takes its time.
        const events = way.includes('awaited') ? Math.ceil(count / 10) : count
        const began = performance.now()
        await publish(channel, events)
        best = Math.max(best, (events * 1000) / (performance.now() - began))
        await sleep(20)
      }
      row[way] = Math.round(best)
    }
    rows.push(row)
    await channel.close()
    await reading
    await opened.close()
  }
  return { ways: Object.keys(WAYS), rows }
}
