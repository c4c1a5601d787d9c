import type { Server, Socket } from 'node:net'

export interface Connection {
  /** Counts from 1, in order of arrival. */
  readonly number: number
  /** The bare TCP connection, under TLS and HTTP/2 too. */
  readonly tcp: Socket
}

/** The open connections of a server. */
export class Connections {
  // Under TLS and HTTP/2 a request shows a wrapper of its socket; the port leads back to the connection.
  private readonly _byPort = new Map<number, Connection>()
  private _seen = 0

  constructor(server: Server, changed: () => void) {
    server.on('connection', (tcp: Socket) => {
      const port = tcp.remotePort!
      this._byPort.set(port, { number: ++this._seen, tcp })
      tcp.setNoDelay(true)
      // A connection that is reset by either end is what such tests are about.
      tcp.on('error', () => {})
      tcp.once('close', () => {
        this._byPort.delete(port)
        changed()
      })
      changed()
    })
  }

  get size(): number {
    return this._byPort.size
  }

  of(socket: { remotePort?: number | undefined }): Connection | undefined {
    return this._byPort.get(socket.remotePort!)
  }

  destroy(): void {
    for (const { tcp } of this._byPort.values()) tcp.destroy()
  }
}
