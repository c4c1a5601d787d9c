import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** What becomes of the bytes that come from one side. */
export type Way = (from: Socket, to: Socket) => void

/** Passes each connection on to the next of some ports, and cuts connections when asked. */
export class RoundRobinProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #ports: () => readonly number[]
  readonly #way: Way
  #next = 0

  private constructor(ports: () => readonly number[], way: Way) {
    this.#ports = ports
    this.#way = way
    this.#server = createServer((socket) => this.#accept(socket))
  }

  /** @param ports Asked for each connection. */
  static async start(ports: () => readonly number[], way: Way = (from, to) => from.pipe(to)): Promise<RoundRobinProxy> {
    const proxy = new RoundRobinProxy(ports, way)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get open(): number {
    return this.#sockets.size
  }

  /** Cuts each open connection with the given chance. */
  cut(random: () => number, chance: number): void {
    for (const socket of this.#sockets) if (random() < chance) socket.resetAndDestroy()
  }

  #accept(socket: Socket): void {
    const ports = this.#ports()
    const onward = connect(ports[this.#next++ % ports.length]!, '127.0.0.1')
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      from.on('error', () => {})
      from.on('close', () => to.destroy())
      this.#way(from, to)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await once(this.#server, 'close')
  }
}
