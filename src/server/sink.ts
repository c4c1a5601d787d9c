/**
 * Where the bytes of one response go: a Node response or the body of a web `Response`. Owned by the
 * session or the channel that made it, which alone writes to it.
 */
export interface Sink {
  /** Hands over bytes, already in wire format. Never throws; after `end` or `destroy` it does nothing. */
  write(chunk: Uint8Array): void
  /** Bytes handed over that the transport has not taken yet. */
  readonly bufferedBytes: number
  /** Ends the response once what is buffered has gone. */
  end(): void
  /** Drops the connection and whatever is buffered. */
  destroy(): void
}

/** What a sink tells its owner. Both are called outside `write`, `end` and `destroy`. */
export interface SinkOwner {
  /** The transport has taken all that was buffered. */
  onDrain(): void
  /** Once, last: the reader is gone, or the end has been flushed (`byReader` false). */
  onClose(byReader: boolean): void
}
