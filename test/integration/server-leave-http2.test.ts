import { once } from 'node:events'
import type { Server } from 'node:http'
import {
  connect as connectHttp2,
  constants,
  createServer as createHttp2Server,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventStream } from '../../src/server/event-stream.js'
import { serve, until } from '../support/servers/http.js'
import { LeakCount } from '../support/leaks/leaks.js'
import { gate, MOMENTS, Tally, TIMES } from '../support/leaks/leave-moments.js'

const AT_ONCE = 20

let leaks: LeakCount
beforeEach(() => {
  leaks = new LeakCount()
})
afterEach(() => {
  leaks[Symbol.dispose]()
})

/** A reader on a connection of its own, which reads nothing. */
interface Reader {
  socket: Socket
  session: ClientHttp2Session
  stream: ClientHttp2Stream
}

async function read(port: number, id: string): Promise<Reader> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const session = connectHttp2(`http://127.0.0.1:${port}`, { createConnection: () => socket })
  const stream = session.request({ 'x-id': id })
  for (const each of [socket, session, stream]) each.on('error', () => {})
  return { socket, session, stream }
}

describe.each(Object.entries(MOMENTS))('a reader over HTTP/2 that leaves %s', (_, { auth, source, reason }) => {
  it.each<[string, (reader: Reader) => unknown]>([
    ['RST_STREAM', ({ stream }) => stream.close(constants.NGHTTP2_CANCEL)],
    ['GOAWAY', ({ session }) => session.destroy(undefined, constants.NGHTTP2_CANCEL)],
    ['FIN', ({ socket }) => socket.destroySoon()],
    ['RST', ({ socket }) => socket.resetAndDestroy()],
  ])('by %s leaves nothing', async (__, leave) => {
    const tally = new Tally()
    const responses: Http2ServerResponse[] = []
    const asked = new Map<string, () => void>()
    const arrived = new Map<string, () => void>()
    const handle = async (req: Http2ServerRequest, res: Http2ServerResponse): Promise<void> => {
      responses.push(res)
      const id = req.headers['x-id'] as string
      const { reached, moment } = gate()
      if (auth) {
        reached()
        const { stream } = req
        asked.get(id)!()
        await new Promise((resolve) => stream.once('close', resolve))
      }
      const stream = source(tally, reached)
      tally.sessions.push(eventStream(req, res, stream, { onError: (error) => tally.errors.push(error) }))
      await moment
      arrived.get(id)!()
    }
    await using server = await serve(handle as never, createHttp2Server() as unknown as Server)
    for (let round = 0; round < TIMES; round += AT_ONCE) {
      await Promise.all(
        Array.from({ length: AT_ONCE }, async (___, i) => {
          const id = String(round + i)
          const here = new Promise<void>((resolve) => asked.set(id, resolve))
          const there = new Promise<void>((resolve) => arrived.set(id, resolve))
          const reader = await read(server.port, id)
          await (auth ? here : there)
          leave(reader)
          if (auth) await there
          await until(() => reader.stream.closed, 'a closed stream')
          reader.session.destroy()
        }),
      )
    }
    await tally.expectAllGone(reason ?? 'disconnected', leaks)
    expect(tally.sessions.length).toBe(TIMES)
    if (auth) expect(tally.started).toBe(0)
    await until(() => server.sockets.size === 0, 'no open socket')
    for (const { stream } of responses) expect(stream?.destroyed ?? true).toBe(true)
  })
})
