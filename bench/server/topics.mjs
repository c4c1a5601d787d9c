// One topic among N readers: what a publish costs that is for one reader of many.
import { Worker } from './processes.mjs'

const PUBLISHES = 1000

/** Publishes before those that count: code gets compiled, sockets find their size. */
const WARM_UP = 3000

/** Microseconds of CPU of one publish, in a process whose readers each have a topic of their own. */
export async function measureTopics(name, readers) {
  const host = new Worker('./host.mjs', [name, 'topics'], ['--expose-gc'])
  const load = new Worker('./load.mjs')
  try {
    const port = await host.hear('listening')
    await load.ask('open', { port, count: readers, topics: true })
    const open = await host.ask('connections')
    if (open !== readers) throw new Error(`${name} has ${open} connections, not ${readers}`)
    const run = async (publishes) => {
      await load.ask('expectInAll', publishes)
      await host.ask('publishToTopics', { publishes, readers })
      await load.ask('all')
    }
    await run(WARM_UP)
    await host.ask('heap')
    await host.ask('cpu')
    await run(PUBLISHES)
    return (await host.ask('cpu')) / PUBLISHES
  } finally {
    await load.end()
    await host.end()
  }
}
