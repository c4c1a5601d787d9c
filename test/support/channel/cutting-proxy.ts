import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface CuttingProxy extends AsyncDisposable {
  readonly url: string
  /** Cuts so far, by the `client` parameter of the request. */
  readonly cuts: ReadonlyMap<string, number>
}

export interface CuttingProxyOptions {
  /** The port it stands before. */
  port: number
  /** Bytes of the answer to a GET after which a connection of a client is cut; `undefined` to leave it be. */
  next(client: string, cuts: number): number | undefined
}

/**
 * Passes bytes on until a connection has had its number of them, wherever in an event that is, then
 * resets it.
 */
export async function createCuttingProxy({ port, next }: CuttingProxyOptions): Promise<CuttingProxy> {
  const cuts = new Map<string, number>()
  const sockets = new Set<Socket>()
  const track = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  }

  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    track(near)
    track(far)
    far.setNoDelay()
    near.setNoDelay()
    near.once('close', () => far.destroy())
    far.once('close', () => near.destroy())
    near.once('data', (head) => {
      const [, client] = /^GET \S*[?&]client=(\w+)/.exec(head.toString('latin1')) ?? []
      let left = (client !== undefined && next(client, cuts.get(client) ?? 0)) || Infinity
      far.write(head)
      near.pipe(far)
      far.on('data', (chunk) => {
        if (chunk.byteLength < left) {
          left -= chunk.byteLength
          if (!near.write(chunk)) {
            far.pause()
            near.once('drain', () => far.resume())
          }
          return
        }
        far.removeAllListeners('data')
        far.destroy()
        cuts.set(client!, (cuts.get(client!) ?? 0) + 1)
        // What comes before the cut does arrive.
        near.end(chunk.subarray(0, left))
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    cuts,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
