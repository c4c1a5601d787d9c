import { responseError } from './response-error.js'

export type Chunk = string | Uint8Array

/** What `events()` reads: a response, a stream of bytes or text, or anything that iterates over either. */
export type EventSourceInput = Response | ReadableStream<Chunk> | ReadableStream<Uint8Array> | AsyncIterable<Chunk>

/** One way to pull chunks, whatever they come from. Whoever holds it cancels it, or reads it to its end. */
export interface ChunkSource {
  read(): Promise<{ done?: boolean; value?: Chunk }>
  /** Releases what stands behind it. Resolves once that has happened. */
  cancel(reason?: unknown): Promise<unknown>
}

export function openChunks(source: EventSourceInput): ChunkSource {
  if (has(source, 'getReader')) return fromStream(source as ReadableStream<Chunk>)
  if (has(source, Symbol.asyncIterator)) return fromIterable(source as AsyncIterable<Chunk>)
  if (has(source, 'headers')) return fromResponse(source as Response)
  throw new TypeError('events() reads a Response, a ReadableStream or an async iterable of text or bytes.')
}

// By shape, not by class: streams and responses of polyfills and other realms are as good.
function has(source: EventSourceInput, key: PropertyKey): boolean {
  return typeof source === 'object' && source !== null && key in source
}

function fromStream(stream: ReadableStream<Chunk>): ChunkSource {
  const reader = stream.getReader()
  return {
    read: () => reader.read(),
    cancel: (reason) => reader.cancel(reason).finally(() => reader.releaseLock()),
  }
}

function fromIterable(iterable: AsyncIterable<Chunk>): ChunkSource {
  const iterator = iterable[Symbol.asyncIterator]()
  return {
    read: () => iterator.next(),
    cancel: async () => iterator.return?.(),
  }
}

function fromResponse(response: Response): ChunkSource {
  const error = responseError(response)
  if (error === undefined) return response.body === null ? EMPTY : fromStream(response.body)
  // The failure is told by the first read; the socket is free at once.
  response.body?.cancel().catch(() => {})
  return { ...EMPTY, read: () => Promise.reject(error) }
}

const EMPTY: ChunkSource = {
  read: () => Promise.resolve({ done: true }),
  cancel: () => Promise.resolve(),
}
