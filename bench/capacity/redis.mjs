// How many commands Redis gets for what a channel does, counted by Redis itself.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { redisStreams } from '../../dist/redis/index.js'
import { createChannel } from '../../dist/server/index.js'
import { freePort } from '../../scripts/lib/free-port.mjs'

const EVENTS = 1000
/** Commands of the one who counts. */
const OURS = new Set(['info', 'ping', 'config|resetstat'])

/** Commands for a publish, for each process that reads it, and for a resume; `undefined` where there is no Redis. */
export async function measureRedis() {
  if (spawnSync('redis-server', ['--version']).error) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'eventwire-capacity-'))
  const port = await freePort()
  const args = ['--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1']
  const server = spawn('redis-server', args, { stdio: 'ignore' })
  const clients = []
  const channels = []
  const client = () => {
    const made = new Redis({ port, maxRetriesPerRequest: null, retryStrategy: (times) => (times < 200 ? 50 : null) })
    made.on('error', () => {})
    clients.push(made)
    return made
  }
  const open = (size = EVENTS) => {
    const transport = redisStreams({ client: client(), key: 'capacity' })
    const channel = createChannel({ heartbeat: 0, history: { size }, transport })
    channels.push(channel)
    return channel
  }
  const counter = client()
  const counted = async (run) => {
    await counter.config('RESETSTAT')
    const result = await run()
    const commands = {}
    for (const [, name, calls] of (await counter.info('commandstats')).matchAll(/cmdstat_(\S+):calls=(\d+)/g)) {
      if (!OURS.has(name)) commands[name] = Number(calls)
    }
    return { commands, result }
  }
  try {
    // Waits until the server is up.
    await counter.ping()
    const [first, second] = [open(), open()]
    const readers = await Promise.all([read(first), read(second)])
    await first.publish('tick', 'warm')
    await Promise.all(readers.map((reader) => reader.until('warm')))

    const published = await counted(async () => {
      const ids = []
      for (let number = 0; number < EVENTS; number++) ids.push(await first.publish('tick', `number ${number}`))
      await Promise.all(readers.map((reader) => reader.until(`number ${EVENTS - 1}`)))
      return ids
    })
    const position = published.result.at(-101)
    const near = await counted(async () => (await read(first, position)).until(`number ${EVENTS - 1}`))
    // It holds too few events for that reader.
    const third = open(50)
    const started = await counted(async () => {
      const present = await read(third)
      await first.publish('tick', 'third is there')
      await present.until('third is there')
    })
    const far = await counted(async () => (await read(third, position)).until('third is there'))
    return {
      events: EVENTS,
      processes: 2,
      published: published.commands,
      near: near.commands,
      started: started.commands,
      far: far.commands,
    }
  } finally {
    await Promise.all(channels.map((channel) => channel.close()))
    for (const made of clients) made.disconnect()
    server.kill()
    await once(server, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A reader of a channel, which can be waited for until it has got a text. */
async function read(channel, lastEventId) {
  const headers = { accept: 'text/event-stream', ...(lastEventId && { 'last-event-id': lastEventId }) }
  const { body } = await channel.fetch(new Request('http://localhost/', { headers }))
  const chunks = body.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]()
  let text = ''
  return {
    async until(wanted) {
      while (!text.includes(`${wanted}\n`)) {
        const { done, value } = await chunks.next()
        if (done) throw new Error(`The stream ended before "${wanted}".`)
        text += value
      }
    },
  }
}
