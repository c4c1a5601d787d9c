import type { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { eventStream } from '../../src/server/event-stream.js'
import type { Session, Source } from '../../src/server/session.js'
import { rawGet, serve, until } from '../support/servers/http.js'

const EVENT = { data: 'x'.repeat(100_000) }
const BIG = 100_000_000

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function serveTo(source: Source, slow: { maxBytes?: number; stall?: number }) {
  const sessions = new Map<string, Session>()
  const server = await serve((req, res) => {
    sessions.set(String(req.headers['x-id']), eventStream(req, res, source, { slow }))
  })
  return { ...server, sessions, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

function count(socket: Socket): { bytes: number } {
  const read = { bytes: 0 }
  socket.on('data', (chunk) => (read.bytes += chunk.length))
  return read
}

it('a paused reader of 100 MB from a callback is let go, memory stays bounded, the others get all', async () => {
  let sent = 0
  let most = 0
  await using server = await serveTo(() => {}, {})
  const paused = await rawGet(server.port, { 'x-id': 'paused' })
  const reading = await rawGet(server.port, { 'x-id': 'reading' })
  const read = count(reading)
  await until(() => server.sessions.size === 2, 'two sessions')
  while (sent < BIG) {
    for (const session of server.sessions.values()) {
      session.send(EVENT)
      most = Math.max(most, session.bufferedBytes)
    }
    sent += EVENT.data.length
    await server.sessions.get('reading')!.drained()
    await turn()
  }
  expect(await server.sessions.get('paused')!.closed).toBe('slow')
  expect(most).toBeLessThan(1024 * 1024 + 2 * EVENT.data.length)
  await until(() => read.bytes >= BIG, 'all read')
  expect(server.sessions.get('reading')!.signal.aborted).toBe(false)
  paused.destroy()
  reading.destroy()
})

it('a paused reader of 100 MB from an iterable stops it, and is let go when it stalls', async () => {
  const made = new Map<string, number>()
  await using server = await serveTo(
    async function* (session) {
      const id = session.request.headers.get('x-id')!
      for (let bytes = 0; bytes < BIG; bytes += EVENT.data.length) {
        made.set(id, bytes)
        yield EVENT
      }
    },
    { stall: 100 },
  )
  const paused = await rawGet(server.port, { 'x-id': 'paused' })
  const reading = await rawGet(server.port, { 'x-id': 'reading', connection: 'close' })
  const read = count(reading)
  await until(() => read.bytes >= BIG, 'all read')
  expect(await server.sessions.get('paused')!.closed).toBe('slow')
  expect(await server.sessions.get('reading')!.closed).toBe('end')
  // What the system takes for a connection that nobody reads, and no more.
  expect(made.get('paused')).toBeLessThan(BIG / 4)
  paused.destroy()
})

it('a paused reader is let go also after the end of its session', async () => {
  await using server = await serveTo(() => {}, { stall: 100, maxBytes: Infinity })
  const paused = await rawGet(server.port, { 'x-id': 'paused' })
  await until(() => server.sessions.size === 1, 'a session')
  const session = server.sessions.get('paused')!
  for (let i = 0; i < 200; i++) session.send(EVENT)
  session.close()
  expect(await session.closed).toBe('closed')
  await until(() => server.sockets.size === 0, 'no socket')
  paused.destroy()
})

it('a reader that starts to read again gets all, in order', async () => {
  await using server = await serveTo(async function* () {
    for (let i = 0; i < 300; i++) yield { id: i, data: EVENT.data }
  }, {})
  const socket = await rawGet(server.port, { 'x-id': 'a', connection: 'close' })
  await until(() => (server.sessions.get('a')?.bufferedBytes ?? 0) > 0, 'backpressure')
  let text = ''
  for await (const chunk of socket.setEncoding('latin1')) text += chunk
  expect([...text.matchAll(/^id: (\d+)/gm)].map((match) => Number(match[1]))).toEqual(
    Array.from({ length: 300 }, (_, i) => i),
  )
  expect(await server.sessions.get('a')!.closed).toBe('end')
})

it('drained() resolves also below the mark of the response itself, which gives no drain event there', async () => {
  await using server = await serveTo(() => {}, { maxBytes: 100 })
  const socket = await rawGet(server.port, { 'x-id': 'a' })
  socket.resume()
  await until(() => server.sessions.size === 1, 'a session')
  const session = server.sessions.get('a')!
  for (let i = 0; i < 3; i++) {
    expect(session.send({ data: 'x'.repeat(200) })).toBe(false)
    await session.drained()
    expect(session.bufferedBytes).toBe(0)
  }
  expect(session.signal.aborted).toBe(false)
  socket.destroy()
  expect(await session.closed).toBe('disconnected')
})

it('a paused reader of a web Response is let go, by bytes or by time', async () => {
  for (const slow of [{ maxBytes: 200_000 }, { stall: 50 }]) {
    let session!: Session
    const response = eventStream(new Request('http://localhost/'), (given) => void (session = given), { slow })
    while (session.send(EVENT));
    if (slow.maxBytes !== undefined) for (let i = 0; i < 5; i++) session.send(EVENT)
    expect(await session.closed).toBe('slow')
    expect(session.bufferedBytes).toBe(0)
    await expect(response.text()).rejects.toThrow('cut')
  }
})
