import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventStream } from '../../src/server/event-stream.js'
import { rawGet, serve, until } from '../support/servers/http.js'
import { LeakCount } from '../support/leaks/leaks.js'
import { gate, MOMENTS, Tally, TIMES } from '../support/leaks/leave-moments.js'

let leaks: LeakCount
beforeEach(() => {
  leaks = new LeakCount()
})
afterEach(() => {
  leaks[Symbol.dispose]()
})

describe.each(Object.entries(MOMENTS))('a reader that leaves %s', (_, { auth, source, reason }) => {
  it.each<[string, (socket: Socket) => unknown]>([
    ['FIN', (socket) => socket.end()],
    ['RST', (socket) => socket.resetAndDestroy()],
    ['FIN with the answer unread', (socket) => socket.destroy()],
  ])('by %s leaves nothing', async (__, leave) => {
    const tally = new Tally()
    const responses: ServerResponse[] = []
    await using server = await serve(async (req, res) => {
      responses.push(res)
      const id = req.headers['x-id'] as string
      const { reached, moment } = gate()
      if (auth) {
        reached()
        asked.get(id)?.()
        await new Promise((resolve) => req.socket.once('close', resolve))
      }
      const stream = source(tally, reached)
      tally.sessions.push(eventStream(req, res, stream, { onError: (error) => tally.errors.push(error) }))
      await moment
      arrived.get(id)?.()
    })
    const asked = new Map<string, () => void>()
    const arrived = new Map<string, () => void>()
    for (let round = 0; round < TIMES; round += 20) {
      await Promise.all(
        Array.from({ length: 20 }, async (___, i) => {
          const id = String(round + i)
          const here = new Promise<void>((resolve) => asked.set(id, resolve))
          const there = new Promise<void>((resolve) => arrived.set(id, resolve))
          const socket = await rawGet(server.port, { 'x-id': id })
          await (auth ? here : there)
          leave(socket)
          if (auth) await there
          // A FIN alone leaves the other direction open: what still comes is read, as a kernel would.
          socket.resume()
        }),
      )
    }
    await tally.expectAllGone(reason ?? 'disconnected', leaks)
    expect(tally.sessions.length).toBe(TIMES)
    if (auth) expect(tally.started).toBe(0)
    await until(() => server.sockets.size === 0, 'no open socket')
    for (const res of responses) expect(res.destroyed || res.writableFinished).toBe(true)
  })
})
