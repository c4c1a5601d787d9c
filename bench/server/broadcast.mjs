// One candidate's figures: heap of an idle connection, CPU of an event for a client, how late events are.
import { Worker } from './processes.mjs'

const PER_TICK = [1, 8]

/** Ticks before those that count: code gets compiled, buffers find their size. */
const WARM_UP = 5

export async function measureBroadcast(name, { connections, ticks }) {
  const host = new Worker('./host.mjs', [name], ['--expose-gc'])
  const load = new Worker('./load.mjs')
  try {
    const port = await host.hear('listening')
    // The first connections make what all others share.
    await load.ask('open', { port, count: 100 })
    const before = await host.ask('heap')
    await load.ask('open', { port, count: connections - 100 })
    const heap = ((await host.ask('heap')) - before) / (connections - 100)
    const open = await host.ask('connections')
    if (open !== connections) throw new Error(`${name} has ${open} connections, not ${connections}`)

    const result = { heap: Math.round(heap) }
    for (const perTick of PER_TICK) {
      const run = async (count) => {
        for (let tick = 0; tick < count; tick++) {
          await load.ask('expect', perTick)
          await host.ask('publish', perTick)
          await load.ask('all')
        }
      }
      await run(WARM_UP)
      await load.ask('latencies')
      await host.ask('cpu')
      await run(ticks)
      const cpu = await host.ask('cpu')
      const latencies = await load.ask('latencies')
      const at = (share) => latencies[Math.floor((latencies.length - 1) * share)] / 1000
      result[perTick] = { cpu: cpu / (ticks * perTick * connections), p50: at(0.5), p99: at(0.99) }
    }
    return result
  } finally {
    await load.end()
    await host.end()
  }
}
