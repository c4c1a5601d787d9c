import { expect, it } from 'vitest'
import { connect } from '../../src/client/connect.js'
import { createChannel } from '../../src/server/channel/create-channel.js'
import { createCuttingProxy } from '../support/channel/cutting-proxy.js'
import { Random } from '../support/random.js'
import { serve } from '../support/servers/http.js'

const SIZE = process.env['EVENTWIRE_CI']
  ? { clients: 200, events: 20_000, cuts: 50, timeout: 900_000 }
  : { clients: 10, events: 1000, cuts: 20, timeout: 60_000 }

/** What an event takes on the wire, about. */
const EVENT_BYTES = 100

it(
  `${SIZE.clients} clients, each cut ${SIZE.cuts} times, within events too, get ${SIZE.events} events once and in order`,
  { timeout: SIZE.timeout },
  async () => {
    const { clients, events, cuts } = SIZE
    const random = new Random(7)
    const reasons = new Map<string, number>()
    const channel = createChannel<{ tick: { n: number; pad: string } }>({
      history: { size: events, maxBytes: Infinity },
      metrics: { close: (reason) => void reasons.set(reason, (reasons.get(reason) ?? 0) + 1) },
    })
    await using server = await serve(channel.node)
    await using proxy = await createCuttingProxy({
      port: server.port,
      // Spread over the whole run, where a connection may live for a few bytes or for long.
      next: (_, count) => (count < cuts ? random.int(1, Math.floor((1.6 * events * EVENT_BYTES) / cuts)) : undefined),
    })

    const connections = Array.from({ length: clients }, (_, client) =>
      connect<{ tick: { n: number } }>(`${proxy.url}?client=${client}`, {
        decode: { tick: (raw) => JSON.parse(raw) as { n: number } },
        backoff: { min: 1, max: 20, stableAfter: 1 },
        retryHint: false,
      }),
    )
    const read = async (connection: (typeof connections)[number], client: number): Promise<number[]> => {
      const got: number[] = []
      for await (const { event, data, raw } of connection) {
        // A gap event would be one, and no reader should need one here.
        if (event !== 'tick') throw new Error(`client ${client} got ${event as string} ${raw}`)
        got.push(data.n)
        if (data.n === events) break
      }
      return got
    }
    const results = connections.map(read)
    // Who is cut before it has a position begins anew, with what is published then.
    const isPlaced = (): boolean => connections.every(({ lastEventId }) => lastEventId !== '')
    await expect.poll(isPlaced, { timeout: SIZE.timeout }).toBe(true)

    for (let n = 1; n <= events;) {
      const batch = Math.min(random.int(1, 20), events - n + 1)
      for (let i = 0; i < batch; i++) await channel.publish('tick', { n: n++, pad: 'x'.repeat(random.int(0, 40)) })
      await new Promise((resolve) => setTimeout(resolve, random.int(0, 3)))
    }

    const expected = Array.from({ length: events }, (_, i) => i + 1)
    for (const got of await Promise.all(results)) expect(got).toEqual(expected)
    const total = [...proxy.cuts.values()].reduce((sum, count) => sum + count, 0)
    expect(total).toBeGreaterThan(clients * cuts * 0.8)
    await channel.close()
    expect(channel.connections).toBe(0)
  },
)
