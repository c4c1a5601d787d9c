import { ConnectError } from '../errors/connect-error.js'
import { keepBody, responseError } from './response-error.js'

export type Chunk = string | Uint8Array

/** What `events()` reads: a response, a stream of bytes or text, or anything that iterates over either. */
export type EventSourceInput =
  | Response
  | ReadableStream<Chunk>
  | ReadableStream<Uint8Array>
  | AsyncIterable<Chunk>
  | { readonly status: number; readonly headers: { get(name: string): string | null }; readonly body?: unknown }

/** One way to pull chunks, whatever they come from. Its owner cancels it, or reads it to its end. */
export interface ChunkSource {
  read(): Promise<{ done?: boolean | undefined; value?: Chunk }>
  /** Releases what stands behind it. Resolves once that has happened. */
  cancel(reason?: unknown): Promise<unknown>
}

/** @throws {TypeError} for what cannot be read. */
export function openChunks(source: EventSourceInput): ChunkSource {
  const chunks = openBody(source)
  if (chunks) return chunks
  if (has(source, 'headers') && has(source, 'status')) return fromResponse(source as Response)
  throw new TypeError('events() reads a Response, a ReadableStream or an async iterable of text or bytes.')
}

/**
 * By shape, not by class: streams of polyfills, of other realms and of Node are as good.
 *
 * @returns `undefined` for what is none of them
 * @throws {TypeError} for a stream that somebody else reads.
 */
export function openBody(body: unknown): ChunkSource | undefined {
  if (has(body, 'getReader')) return fromStream(body as unknown as ReadableStream<Chunk>)
  if (has(body, Symbol.asyncIterator)) return fromIterable(body as unknown as AsyncIterable<Chunk>)
}

function has(source: unknown, key: PropertyKey): source is object {
  return typeof source === 'object' && source !== null && key in source
}

function fromStream(stream: ReadableStream<Chunk>): ChunkSource {
  const reader = stream.getReader()
  return {
    read: () => reader.read(),
    cancel: (reason) => reader.cancel(reason).finally(() => reader.releaseLock()),
  }
}

type NodeStream = Partial<Record<'on' | 'destroy', (name?: string, run?: () => void) => unknown>>

function fromIterable(iterable: AsyncIterable<Chunk>): ChunkSource {
  const iterator = iterable[Symbol.asyncIterator]()
  const stream = iterable as NodeStream
  // A Node stream may be told to fail after it was let go, and takes the process down if nobody listens.
  if (stream.destroy) stream.on?.('error', () => {})
  return {
    read: () => iterator.next() as Promise<{ done?: boolean; value?: Chunk }>,
    async cancel() {
      // The iterator alone would wait for the read under way.
      stream.destroy?.()
      await iterator.return?.()
    },
  }
}

function fromResponse(response: Response): ChunkSource {
  const error = responseError(response)
  if (!error) return openResponse(response)
  let body: ChunkSource | undefined
  // The failure is told by the first read, when what the server said about it is known.
  const told = keepBody(error, (chunks) => (body = chunks))
  return {
    read: () => told.then(() => Promise.reject(error)),
    cancel: async () => body?.cancel(),
  }
}

/** The body of a response that is an event stream. */
export function openResponse(response: Response): ChunkSource {
  if (response.body === null) return EMPTY
  const isUsed = response.bodyUsed
  let cause: unknown
  try {
    const chunks = isUsed ? undefined : openBody(response.body)
    if (chunks) return chunks
  } catch (error) {
    cause = error
  }
  const what = isUsed || cause ? 'has been read by somebody else. Give a clone()' : 'is nothing that can be read'
  const error = new ConnectError('http', `The body of the response ${what}.`, {
    response,
    cause,
    code: 'ERR_CONNECT_NO_BODY',
  })
  return { ...EMPTY, read: () => Promise.reject(error) }
}

const EMPTY: ChunkSource = {
  read: () => Promise.resolve({ done: true }),
  cancel: () => Promise.resolve(),
}
