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
  private readonly _res: NodeResponse
  private readonly _owner: SinkOwner
  private readonly _onTaken: () => void
  /** Set by middlewares that compress: nothing leaves the compressor until it is called. */
  private readonly _flush: (() => void) | undefined
  /**
   * Bytes that `writableLength` does not count, all since the last drain: those inside a compressor, and those that a
   * connection dropped because it is gone. That it is gone shows as 'close' only a turn later.
   */
  private _undrained = 0
  private _hearsDrain = false
  private _ended = false
  private _closed = false

  constructor(req: NodeRequest, res: NodeResponse, owner: SinkOwner) {
    this._res = res
    this._owner = owner
    const { flush } = res as { flush?: () => void }
    if (typeof flush === 'function') this._flush = flush
    this._onTaken = () => this._checkTaken()
    const onGone = (): void => this._close()
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
    if (this._closed) return 0
    return this._undrained + (this._flush === undefined ? this._res.writableLength : 0)
  }

  write(chunk: Uint8Array): void {
    if (this._ended || this._closed) return
    const before = this._res.writableLength
    const roomLeft = (this._res as { write(chunk: Uint8Array, taken: () => void): boolean }).write(chunk, this._onTaken)
    if (this._undrained > 0 || (!roomLeft && (this._flush !== undefined || this._res.writableLength === before))) {
      this._undrained += chunk.byteLength
    }
    this._flush?.call(this._res)
    // Compressors and other middlewares forget the callback. Most connections never need the listener.
    if (roomLeft || this._hearsDrain) return
    this._hearsDrain = true
    this._res.on('drain', this._onTaken)
  }

  end(): void {
    if (this._ended || this._closed) return
    this._ended = true
    this._res.end()
  }

  destroy(): void {
    if (this._closed) return
    this._ended = true
    // With any milder code, readers take the end of an HTTP/2 stream for that of the response.
    if ('stream' in this._res) this._res.stream.close(HTTP2_INTERNAL_ERROR)
    else this._res.destroy()
    queueMicrotask(() => this._close())
  }

  private _checkTaken(): void {
    this._undrained = 0
    if (!this._closed && this.bufferedBytes === 0) this._owner.onDrain()
  }

  private _close(): void {
    if (this._closed) return
    this._closed = true
    endIfServerCloses(this._res)
    this._owner.onClose(!this._ended)
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
