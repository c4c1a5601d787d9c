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
  #stalled = false
  readonly #passages = new Set<Passage>()

  constructor(target: Target) {
    this.target = target
  }

  get open(): number {
    return this.#passages.size
  }

  async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const abort = new AbortController()
    response.on('close', () => abort.abort())
    const id = request.headers['last-event-id']
    const more: Record<string, string> = typeof id === 'string' ? { 'last-event-id': id } : {}
    try {
      const answer = await ask(this.target, more, abort.signal)
      const passage = new Passage(answer, response, this.#stalled)
      this.#passages.add(passage)
      response.on('close', () => this.#passages.delete(passage))
    } catch (error) {
      if (abort.signal.aborted) return
      const status = error instanceof UpstreamError ? error.status : 502
      // A server that is not there is a network error for the page as well.
      if (status === undefined) return void response.socket?.destroy()
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${(error as Error).message}\n`)
    }
  }

  inflict(fault: Fault): void {
    for (const passage of this.#passages) passage.inflict(fault)
  }

  stall(isStalled: boolean): void {
    this.#stalled = isStalled
    for (const passage of this.#passages) passage.stall(isStalled)
  }

  close(): void {
    for (const passage of this.#passages) passage.end()
  }
}

/** One answer on its way to the page. */
class Passage {
  readonly #from: IncomingMessage
  readonly #to: ServerResponse
  #fault: Fault | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #stalled: boolean

  constructor(from: IncomingMessage, to: ServerResponse, stalled: boolean) {
    this.#from = from
    this.#to = to
    this.#stalled = stalled
    const fields = HANDED_ON.filter((name) => from.headers[name] !== undefined)
    to.writeHead(from.statusCode!, Object.fromEntries(fields.map((name) => [name, from.headers[name]!])))
    to.flushHeaders()
    from.on('data', (bytes: Buffer) => this.#pass(bytes))
    from.on('end', () => to.end())
    from.on('error', () => to.socket?.destroy())
    to.on('drain', () => this.#stalled || from.resume())
    to.on('close', () => {
      clearTimeout(this.#timer)
      from.destroy()
    })
    if (stalled) from.pause()
  }

  /** A cut hits the inside of an event where it can, a kick the end of one. */
  inflict(fault: Fault): void {
    if (this.#fault) return
    this.#fault = fault
    if (this.#stalled) return this.#strike()
    this.#timer = setTimeout(() => this.#strike(), PATIENCE_MS)
  }

  stall(isStalled: boolean): void {
    this.#stalled = isStalled
    if (isStalled) this.#from.pause()
    else this.#from.resume()
  }

  end(): void {
    this.#to.socket?.destroy()
  }

  #pass(bytes: Buffer): void {
    if (this.#fault === 'cut') return this.#strike(bytes.subarray(0, Math.ceil(bytes.length / 2)))
    if (!this.#to.write(bytes)) this.#from.pause()
    if (this.#fault === 'kick' && bytes.toString('latin1').endsWith('\n\n')) this.#strike()
  }

  #strike(bytes?: Buffer): void {
    clearTimeout(this.#timer)
    this.#from.destroy()
    if (this.#fault === 'kick') return void this.#to.end()
    if (!bytes) return this.end()
    this.#to.write(bytes, () => this.#to.socket?.destroySoon())
  }
}
