import type { NodeRequest, NodeResponse } from './node-types.js'
import type { Sink, SinkOwner } from './sink.js'

const HTTP2_CANCEL = 8

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
  readonly #req: NodeRequest
  readonly #res: NodeResponse
  readonly #owner: SinkOwner
  readonly #onTaken: () => void
  /** Set by middlewares that compress: nothing leaves the compressor until it is called. */
  readonly #flush: (() => void) | undefined
  /** Bytes inside a compressor, which does not tell how many it holds: all since its last drain. */
  #undrained = 0
  #untaken = false
  #ended = false
  #closed = false

  constructor(req: NodeRequest, res: NodeResponse, owner: SinkOwner) {
    this.#req = req
    this.#res = res
    this.#owner = owner
    const { flush } = res as { flush?: () => void }
    if (typeof flush === 'function') this.#flush = flush
    this.#onTaken = () => this.#checkTaken()

    const onGone = (): void => this.#close()
    res.on('close', onGone)
    res.on('error', ignore)
    res.on('drain', () => {
      this.#undrained = 0
      this.#checkTaken()
    })
    // A response that waits behind another on its connection hears nothing when the connection closes.
    if (!('stream' in res) && res.socket === null && req.socket) {
      const { socket } = req
      socket.once('close', onGone)
      res.once('close', () => socket.off('close', onGone))
    }
  }

  get bufferedBytes(): number {
    if (this.#closed) return 0
    return this.#flush === undefined ? this.#res.writableLength : this.#undrained
  }

  write(chunk: Uint8Array): void {
    if (this.#ended || this.#closed) return
    this.#untaken = true
    // The callback also tells about writes too small to be followed by a 'drain'.
    const roomLeft = (this.#res as { write(chunk: Uint8Array, taken: () => void): boolean }).write(chunk, this.#onTaken)
    if (this.#flush === undefined) return
    if (!roomLeft || this.#undrained > 0) this.#undrained += chunk.byteLength
    this.#flush.call(this.#res)
  }

  end(): void {
    if (this.#ended || this.#closed) return
    this.#ended = true
    this.#res.end()
  }

  destroy(): void {
    if (this.#closed) return
    this.#ended = true
    // Without a code, the end of an HTTP/2 stream looks like that of a whole response.
    if ('stream' in this.#res) this.#res.stream.close(HTTP2_CANCEL)
    else this.#res.destroy()
    queueMicrotask(() => this.#close())
  }

  #checkTaken(): void {
    if (this.#closed || !this.#untaken || this.bufferedBytes > 0) return
    this.#untaken = false
    this.#owner.onDrain()
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    closeIdleConnections(this.#req)
    this.#owner.onClose(!this.#ended)
  }
}

/** A server that is closing waits for kept-alive connections too; this one has nothing more to do. */
function closeIdleConnections(req: NodeRequest): void {
  if ('stream' in req) return
  const { server } = (req.socket ?? {}) as { server?: { listening?: boolean; closeIdleConnections?: () => void } }
  if (server?.listening === false) server.closeIdleConnections?.()
}

// What goes wrong with the connection shows as 'close'; an 'error' nobody listens to ends the process.
function ignore(): void {}
