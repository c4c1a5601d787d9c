import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export type NodeHandler = (req: IncomingMessage, res: ServerResponse) => unknown

export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly server: Server
  /** Connections that are open now. */
  readonly sockets: Set<Socket>
}

/** A server on a free port of the loopback; closes with all its connections at the end of the block. */
export async function serve(handler: NodeHandler, server: Server = createServer()): Promise<TestServer> {
  const sockets = new Set<Socket>()
  server.on('request', handler)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    server,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A connection that has sent a GET request and reads nothing until it is told to. */
export async function rawGet(port: number, headers: Record<string, string> = {}): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  const lines = Object.entries({ host: 'localhost', accept: 'text/event-stream', ...headers })
  socket.write('GET / HTTP/1.1\r\n' + lines.map(([name, value]) => `${name}: ${value}\r\n`).join('') + '\r\n', 'latin1')
  return socket
}

/** Resolves once the condition holds, looked at after every turn of the event loop. Fails after twenty seconds, more than anything takes on a machine that is busy. */
export async function until(condition: () => boolean, what = 'the condition'): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`${what} did not come to hold`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
