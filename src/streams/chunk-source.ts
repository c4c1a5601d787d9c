import { connectError } from '../errors/connect-error.js'
import { ASYNC_ITERATOR } from './async-symbols.js'

export type Chunk = string | Uint8Array

/** What `events()` reads: a response, a stream of bytes or text, or anything that iterates over either. */
export type EventSourceInput =
  | Response
  | ReadableStream<Chunk>
  | ReadableStream<Uint8Array>
  | AsyncIterable<Chunk>
  | { readonly status: number; readonly headers: { get(name: string): string | null }; readonly body?: unknown }

/** What a read gives. */
export interface ReadChunk {
  done?: boolean | undefined
  value?: Chunk
}

/** Where a response comes in: its attempt, and the URL that was asked for. */
export interface Asked {
  attempt?: number
  url?: string
}

/** One way to pull chunks, whatever they come from. Its owner cancels it, or reads it to its end. */
export interface ChunkSource {
  read(): Promise<ReadChunk>
  /** Releases what stands behind it. Resolves once that has happened. */
  cancel(reason?: unknown): Promise<unknown>
}

/** The body of a response that is an event stream. */
export function openResponse(response: Response, asked?: Asked): ChunkSource {
  const { body, bodyUsed } = response
  let cause: unknown
  try {
    const chunks = body === null ? EMPTY : bodyUsed ? undefined : openBody(body)
    if (chunks) return chunks
  } catch (error) {
    cause = error
  }
  const what = bodyUsed || cause ? 'has been read by somebody else. Give a clone()' : 'is nothing that can be read'
  const details = { ...asked, response, cause, code: 'ERR_CONNECT_NO_BODY' } as const
  const error = connectError('http', `The body of the response ${what}`, details)
  return { ...EMPTY, read: () => Promise.reject(error) }
}

const EMPTY: ChunkSource = {
  read: () => Promise.resolve({ done: true }),
  cancel: () => Promise.resolve(),
}

/**
 * By shape, not by class: streams of polyfills, of other realms and of Node are as good.
 *
 * @returns `undefined` for what is none of them
 * @throws {TypeError} for a stream that somebody else reads.
 */
export function openBody(body: unknown): ChunkSource | undefined {
  if (typeof body !== 'object' || !body) return
  if ('getReader' in body) {
    const reader = (body as ReadableStream<Chunk>).getReader()
    return {
      read: () => reader.read(),
      // Readers of polyfills may give no promise, and throw at once.
      async cancel(reason) {
        try {
          await reader.cancel(reason)
        } finally {
          reader.releaseLock()
        }
      },
    }
  }
  if (!(ASYNC_ITERATOR in body)) return
  const iterator = (body as AsyncIterable<Chunk>)[ASYNC_ITERATOR]()
  const stream = body as NodeStream
  // A Node stream may be told to fail after it was let go, and takes the process down if nobody listens.
  if (stream.destroy) stream.on?.('error', () => {})
  return {
    read: async () => iterator.next() as Promise<ReadChunk>,
    async cancel() {
      // The iterator alone would wait for the read under way.
      stream.destroy?.()
      await iterator.return?.()
    },
  }
}

type NodeStream = Partial<Record<'on' | 'destroy', (name?: string, run?: () => void) => unknown>>

/** Some hosts stream views or buffers that are no `Uint8Array`. @throws {TypeError} for what is neither text nor bytes. */
export function asBytes(chunk: Chunk): Chunk {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return chunk
  const { buffer, byteOffset, byteLength } = Object(chunk) as Partial<Uint8Array<ArrayBuffer>>
  if (byteLength === undefined) {
    throw new TypeError(`it gave ${Object.prototype.toString.call(chunk)}, neither text nor bytes`)
  }
  return new Uint8Array(buffer ?? (chunk as unknown as ArrayBuffer), byteOffset, byteLength)
}
