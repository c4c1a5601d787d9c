import { createChannel, type Channel } from '../../src/server/channel/create-channel.js'
import { createCuttingProxy } from '../support/channel/cutting-proxy.js'
import { Random } from '../support/random.js'
import { serve } from '../support/servers/http.js'
import { CUTS, EVENTS } from './channel-cuts-size.js'

/** What an event takes on the wire, about. */
const EVENT_BYTES = 100

/**
 * Bytes of an answer that always arrive. Within its head is no place for a cut: browsers take what they have of one
 * for the whole.
 */
const SPARED = 600

type Ticks = { ready: boolean; tick: { n: number; pad: string } }

/**
 * A channel for each `run` in the URL, the seed of its chances. A request with `go` has its events published, and the
 * connections of each reader (`client`, from 0) are cut so many times. The page sends it once all its readers have a
 * position to come back to: Chromium throws away what it has of a cut body and has not handed to the page.
 */
export async function startChannelCuts(): Promise<{ url: string } & AsyncDisposable> {
  const runs = new Map<number, Channel<Ticks>>()

  function channelOf(seed: number): Channel<Ticks> {
    const known = runs.get(seed)
    if (known) return known
    const channel = createChannel<Ticks>({
      history: { size: EVENTS, maxBytes: Infinity },
      retry: 20,
      // Its place is before all that is published from here on.
      snapshot: () => [{ event: 'ready', data: true }],
    })
    runs.set(seed, channel)
    return channel
  }

  const server = await serve((req, res) => {
    res.setHeader('access-control-allow-origin', '*')
    const { searchParams } = new URL(req.url!, 'http://localhost')
    const seed = Number(searchParams.get('run'))
    const isBeginning = searchParams.has('go')
    if (req.method !== 'OPTIONS' && !isBeginning) return channelOf(seed).node(req, res)
    // Rejects where a run was given up and the channel closed.
    if (isBeginning) publish(channelOf(seed), new Random(seed)).catch(() => {})
    // On a connection of its own: a stream on one that is used again would not be cut by the proxy.
    res.writeHead(204, { 'access-control-allow-headers': 'last-event-id', connection: 'close' }).end()
  })
  const proxy = await createCuttingProxy({
    port: server.port,
    next(client, count) {
      if (count >= CUTS) return undefined
      const [run, reader] = client.split('_').map(Number)
      const random = new Random(run! + 1000 * reader! + count)
      return SPARED + random.int(0, Math.floor((EVENTS * EVENT_BYTES) / CUTS))
    },
  })
  return {
    url: proxy.url,
    async [Symbol.asyncDispose]() {
      await Promise.all([...runs.values()].map((channel) => channel.close()))
      await proxy[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** In bursts over some seconds: readers come back to what they missed, and to what is being published. */
async function publish(channel: Channel<Ticks>, random: Random): Promise<void> {
  for (let n = 1; n <= EVENTS;) {
    const batch = Math.min(random.int(1, 20), EVENTS - n + 1)
    for (let i = 0; i < batch; i++) await channel.publish('tick', { n: n++, pad: 'x'.repeat(random.int(0, 80)) })
    await new Promise((resolve) => setTimeout(resolve, random.int(0, 40)))
  }
}
