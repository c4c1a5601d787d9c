import { once } from 'node:events'
import { connect, createServer, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createChannel } from '../../src/server/channel/create-channel.js'
import { until } from '../support/servers/http.js'

const READERS = 5

/** An HTTP/2 server with a channel, and sessions of clients that keep theirs open. */
async function setUp(readersOfEach: number[]) {
  const channel = createChannel({ retry: 100 })
  const server = createServer(channel.node).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const sessions = readersOfEach.map(() => connect(url))
  onTestFinished(() => {
    for (const session of sessions) session.destroy()
  })
  const streams = sessions.flatMap((session, at) => Array.from({ length: readersOfEach[at]! }, () => ask(session)))
  await until(() => channel.connections === streams.length)
  return { channel, server, sessions, streams, close: () => new Promise<void>((done) => server.close(() => done())) }
}

function ask(session: ClientHttp2Session): ClientHttp2Stream {
  const stream = session.request({ ':path': '/', accept: 'text/event-stream' })
  stream.on('error', () => {})
  return stream.resume()
}

it.each([0, 100])('the server closes after its channel has (drain %i), sessions of readers or not', async (drain) => {
  const { channel, close, streams } = await setUp([READERS, 1, 1])
  const ends = streams.map((stream) => once(stream, 'close'))
  await channel.close({ drain })
  await Promise.all(ends)
  await close()
})

it.each([0, 100])('the server closes with its channel (drain %i), told before it', async (drain) => {
  const { channel, close } = await setUp([READERS, 1])
  const closed = close()
  await channel.close({ drain })
  await closed
})

it('a session whose readers have left before, and one that came to a closing channel, keep no server open', async () => {
  const { channel, close, sessions, streams } = await setUp([1, 2])
  for (const stream of streams) stream.close()
  await until(() => channel.connections === 0)
  await channel.close()
  // The session may be closing, and refuse it by itself.
  if (!sessions[0]!.closed) {
    const late = ask(sessions[0]!)
    await new Promise((done) => late.once('close', done))
  }
  await close()
})

it('what is under way on a session beside the readers is finished', async () => {
  const channel = createChannel()
  let finish!: () => void
  const server = createServer((req, res) => {
    if (req.url === '/') return void channel.node(req, res)
    finish = () => res.end('done')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => session.destroy())
  ask(session)
  const other = session.request({ ':path': '/other' })
  let text = ''
  other.setEncoding('utf8').on('data', (part: string) => (text += part))
  await until(() => channel.connections === 1 && finish !== undefined)
  await channel.close()
  finish()
  await once(other, 'close')
  expect(text).toBe('done')
  await new Promise((done) => server.close(done))
})
