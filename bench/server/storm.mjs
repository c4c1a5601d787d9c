// Thousands of readers come back within a second, each to a full history. Is the event loop ever blocked?
import { Worker } from './processes.mjs'

/** @param where `file`: the history is in a SQLite file, after a restart. `undefined` where this Node has no SQLite. */
export async function measureStorm(readers, where = 'memory') {
  if (where === 'file' && !process.getBuiltinModule?.('node:sqlite')) return undefined
  const host = new Worker('./storm-host.mjs', [where], ['--expose-gc'])
  const load = new Worker('./storm-load.mjs')
  try {
    const { port, ids, events } = await host.hear('listening')
    await load.ask('storm', { port, ids, readers: Math.min(readers, 200), within: 200, events })
    await load.ask('close')
    await host.ask('watch')
    const time = await load.ask('storm', { port, ids, readers, within: 1000, events })
    const { wall, cpu } = await host.ask('blocked')
    return {
      readers,
      events,
      time: Math.round(time),
      blocked: Number(wall.toFixed(1)),
      busiest: Number(cpu.toFixed(1)),
    }
  } finally {
    await load.end()
    await host.end()
  }
}
