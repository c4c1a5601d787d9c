import type { IncomingMessage, ServerResponse } from 'node:http'
import { ask, UpstreamError } from './upstream.js'
import type { Target } from './target.js'

/** Headers of the answer that a page may see. Cookies stay with us. */
const HANDED_ON = ['content-type', 'cache-control', 'retry-after', 'server', 'x-accel-buffering', 'date']
/** How long a fault waits for the stream to say something that it can hit. */
const PATIENCE_MS = 300

type Fault = 'cut' | 'kick'

/** Streams from the target to the page, which can be cut, stalled and ended. Owns all it opened until `close`. */
export class Proxy {
  target: Target
  private _stalled = false
  private readonly _passages = new Set<Passage>()

  constructor(target: Target) {
    this.target = target
  }

  get open(): number {
    return this._passages.size
  }

  async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const abort = new AbortController()
    response.on('close', () => abort.abort())
    const id = request.headers['last-event-id']
    const more: Record<string, string> = typeof id === 'string' ? { 'last-event-id': id } : {}
    try {
      const answer = await ask(this.target, more, abort.signal)
      const passage = new Passage(answer, response, this._stalled)
      this._passages.add(passage)
      response.on('close', () => this._passages.delete(passage))
    } catch (error) {
      if (abort.signal.aborted) return
      const status = error instanceof UpstreamError ? error.status : 502
      // A server that is not there is a network error for the page as well.
      if (status === undefined) return void response.socket?.destroy()
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${(error as Error).message}\n`)
    }
  }

  inflict(fault: Fault): void {
    for (const passage of this._passages) passage.inflict(fault)
  }

  stall(isStalled: boolean): void {
    this._stalled = isStalled
    for (const passage of this._passages) passage.stall(isStalled)
  }

  close(): void {
    for (const passage of this._passages) passage.end()
  }
}

/** One answer on its way to the page. */
class Passage {
  private readonly _from: IncomingMessage
  private readonly _to: ServerResponse
  private _fault: Fault | undefined
  private _timer: ReturnType<typeof setTimeout> | undefined
  private _stalled: boolean

  constructor(from: IncomingMessage, to: ServerResponse, stalled: boolean) {
    this._from = from
    this._to = to
    this._stalled = stalled
    const fields = HANDED_ON.filter((name) => from.headers[name] !== undefined)
    to.writeHead(from.statusCode!, Object.fromEntries(fields.map((name) => [name, from.headers[name]!])))
    to.flushHeaders()
    from.on('data', (bytes: Buffer) => this._pass(bytes))
    from.on('end', () => to.end())
    from.on('error', () => to.socket?.destroy())
    to.on('drain', () => this._stalled || from.resume())
    to.on('close', () => {
      clearTimeout(this._timer)
      from.destroy()
    })
    if (stalled) from.pause()
  }

  /** A cut hits the inside of an event where it can, a kick the end of one. */
  inflict(fault: Fault): void {
    if (this._fault) return
    this._fault = fault
    if (this._stalled) return this._strike()
    this._timer = setTimeout(() => this._strike(), PATIENCE_MS)
  }

  stall(isStalled: boolean): void {
    this._stalled = isStalled
    if (isStalled) this._from.pause()
    else this._from.resume()
  }

  end(): void {
    this._to.socket?.destroy()
  }

  private _pass(bytes: Buffer): void {
    if (this._fault === 'cut') return this._strike(bytes.subarray(0, Math.ceil(bytes.length / 2)))
    if (!this._to.write(bytes)) this._from.pause()
    if (this._fault === 'kick' && bytes.toString('latin1').endsWith('\n\n')) this._strike()
  }

  private _strike(bytes?: Buffer): void {
    clearTimeout(this._timer)
    this._from.destroy()
    if (this._fault === 'kick') return void this._to.end()
    if (!bytes) return this.end()
    this._to.write(bytes, () => this._to.socket?.destroySoon())
  }
}
