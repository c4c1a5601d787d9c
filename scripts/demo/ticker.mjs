import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('server.mjs', import.meta.url))

/** Starts the server of the demo. Its history is in a file where this Node has SQLite, and survives the server. */
export async function startTicker(interval) {
  const isDurable = process.getBuiltinModule?.('node:sqlite') !== undefined
  const folder = mkdtempSync(join(tmpdir(), 'eventwire-demo-'))
  const file = isDurable ? join(folder, 'events.db') : undefined
  const start = Date.now()
  const waiting = new Map()
  let child
  let port = 0
  /** The newest tick that the server has said it keeps. */
  let last = 0
  let restarting = Promise.resolve()

  const hear = (name) => new Promise((resolve) => waiting.set(name, resolve))

  const ask = async (name) => {
    await restarting
    const answer = hear(name)
    child.send(name)
    return answer
  }

  const launch = async () => {
    const words = JSON.stringify({ file, port, interval, start, from: last + 1 })
    child = fork(program, [words], { execArgv: ['--disable-warning=ExperimentalWarning'] })
    child.on('message', ({ name, value }) => {
      if (name === 'published') last = Math.max(last, value)
      waiting.get(name)?.(value)
      waiting.delete(name)
    })
    port = await hear('listening')
  }

  const killAndLaunch = async () => {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    await launch()
  }

  await launch()
  return {
    port,
    isDurable,
    get last() {
      return last
    },
    /** Kills the server as a crash would, and starts it again on the same port. Resolves when it is back. */
    restart() {
      restarting = restarting.then(killAndLaunch)
      return restarting
    },
    /** The history forgets what a reader may have missed: those who come back are told of a gap. */
    trim: () => ask('trim'),
    /** No new tick from now on; readers stay. */
    async stop() {
      last = await ask('stop')
    },
    /** Gives how many readers were left behind. */
    async close() {
      const readers = await ask('close')
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
      rmSync(folder, { recursive: true, force: true })
      return readers
    },
  }
}
