import type { NodeRequest, NodeResponse } from './node-types.js'
import type { Sink, SinkOwner } from './sink.js'

const HTTP2_INTERNAL_ERROR = 2

/** Tells whether the reader left before there was a sink to notice it. */
export function isNodeReaderGone(req: NodeRequest, res: NodeResponse): boolean {
  // An HTTP/2 socket is shared by all streams and may not be touched.
  if ('stream' in res) return res.stream === undefined || res.stream.destroyed
  return res.destroyed || (res.socket ?? req.socket)?.destroyed === true
}

/**
 * A sink over a Node response whose head was written, or will be before the first `write`. The
 * caller has made sure that the reader is still there (`isNodeReaderGone`), in the same tick.
 */
export function createNodeSink(req: NodeRequest, res: NodeResponse, owner: SinkOwner): Sink {
  return new NodeSink(req, res, owner)
}

class NodeSink implements Sink {
  readonly #res: NodeResponse
  readonly #owner: SinkOwner
  readonly #onTaken: () => void
  /** Set by middlewares that compress: nothing leaves the compressor until it is called. */
  readonly #flush: (() => void) | undefined
  /**
   * Bytes that `writableLength` does not tell of, all since the last drain: those inside a compressor,
   * and those that a connection dropped because it is gone, which shows as 'close' only a turn later.
   */
  #undrained = 0
  #hearsDrain = false
  #ended = false
  #closed = false

  constructor(req: NodeRequest, res: NodeResponse, owner: SinkOwner) {
    this.#res = res
    this.#owner = owner
    const { flush } = res as { flush?: () => void }
    if (typeof flush === 'function') this.#flush = flush
    this.#onTaken = () => this.#checkTaken()
    const onGone = (): void => this.#close()
    res.on('close', onGone)
    res.on('error', ignore)
    // A response that waits behind another on its connection hears nothing when the connection closes.
    if (!('stream' in res) && res.socket === null && req.socket) {
      const { socket } = req
      socket.once('close', onGone)
      res.once('close', () => socket.off('close', onGone))
    }
  }

  get bufferedBytes(): number {
    if (this.#closed) return 0
    return this.#undrained + (this.#flush === undefined ? this.#res.writableLength : 0)
  }

  write(chunk: Uint8Array): void {
    if (this.#ended || this.#closed) return
    const before = this.#res.writableLength
    const roomLeft = (this.#res as { write(chunk: Uint8Array, taken: () => void): boolean }).write(chunk, this.#onTaken)
    if (this.#undrained > 0 || (!roomLeft && (this.#flush !== undefined || this.#res.writableLength === before))) {
      this.#undrained += chunk.byteLength
    }
    this.#flush?.call(this.#res)
    // Compressors and other middlewares forget the callback. Most connections never need the listener.
    if (roomLeft || this.#hearsDrain) return
    this.#hearsDrain = true
    this.#res.on('drain', this.#onTaken)
  }

  end(): void {
    if (this.#ended || this.#closed) return
    this.#ended = true
    this.#res.end()
  }

  destroy(): void {
    if (this.#closed) return
    this.#ended = true
    // With any milder code, readers take the end of an HTTP/2 stream for that of the response.
    if ('stream' in this.#res) this.#res.stream.close(HTTP2_INTERNAL_ERROR)
    else this.#res.destroy()
    queueMicrotask(() => this.#close())
  }

  #checkTaken(): void {
    this.#undrained = 0
    if (!this.#closed && this.bufferedBytes === 0) this.#owner.onDrain()
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    endIfServerCloses(this.#res)
    this.#owner.onClose(!this.#ended)
  }
}

/** A server that is closing waits for kept-alive connections too: this one would idle until its timeout. */
function endIfServerCloses(res: NodeResponse): void {
  const isClosing = (socket: unknown): boolean =>
    (socket as { server?: { listening?: boolean } } | undefined)?.server?.listening === false
  if (!('stream' in res)) {
    if (isClosing(res.req.socket)) res.req.socket.end()
    return
  }
  const session = res.stream?.session
  if (session && !session.closed && isClosing(session.socket)) session.close()
}

// What goes wrong with the connection shows as 'close'; an 'error' nobody listens to ends the process.
function ignore(): void {}
