import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import type { NodeResponse } from '../../server/node-types.js'
import type { Connection } from './connections.js'
import type { ScriptedRequest } from './types.js'

/** One request with its answer, while it is under way. */
export class Exchange {
  readonly connection: Connection
  /** Aborts when the client has left, or the answer is out. */
  readonly signal: AbortSignal
  private readonly _closed: Promise<'script' | 'client'>
  private _byScript = false
  /** The origin of the page that asks, where it may read the answer. */
  origin: string | undefined

  constructor(res: NodeResponse, connection: Connection, isServerClosing: () => boolean) {
    this.connection = connection
    const controller = new AbortController()
    this.signal = controller.signal
    this._closed = new Promise((resolve) => {
      res.once('close', () => {
        controller.abort()
        resolve(this._byScript || isServerClosing() ? 'script' : 'client')
      })
    })
    // HTTP/2 reports a reset by either end here; `close` follows.
    res.on('error', () => {})
  }

  /** From here on whatever ends the exchange is the script's doing. */
  endByScript(): void {
    this._byScript = true
  }

  /** Reads the request to its end; `undefined` where the client leaves before. */
  async read(
    req: IncomingMessage | Http2ServerRequest,
    time: number,
  ): Promise<Omit<ScriptedRequest, 'number' | 'scripted'> | undefined> {
    const pieces: Uint8Array[] = []
    try {
      for await (const piece of req) pieces.push(piece as Uint8Array)
    } catch {
      return undefined
    }
    const id = req.headers['last-event-id']
    return {
      method: req.method!,
      url: req.url!,
      headers: Object.fromEntries(
        Object.entries(req.headers)
          .filter(([name]) => !name.startsWith(':'))
          .map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
      ),
      lastEventId: id === undefined ? undefined : Buffer.from(String(id), 'latin1').toString('utf8'),
      body: Buffer.concat(pieces).toString('utf8'),
      time,
      socket: this.connection.number,
      closed: this._closed,
    }
  }
}
