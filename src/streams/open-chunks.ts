import { openBody, openResponse, type ChunkSource, type EventSourceInput } from './chunk-source.js'
import { keepBody } from './keep-body.js'
import { responseError } from './response-error.js'

/** @throws {TypeError} for what cannot be read. */
export function openChunks(source: EventSourceInput): ChunkSource {
  const chunks = openBody(source)
  if (chunks) return chunks
  const { status, headers } = Object(source) as Partial<Response>
  if (status === undefined || !headers) {
    throw new TypeError('events() reads a Response, a ReadableStream or an async iterable of text or bytes')
  }
  const error = responseError(source as Response)
  if (!error) return openResponse(source as Response)
  const owner: { chunks?: ChunkSource } = {}
  // The failure is told by the first read, when what the server said about it is known.
  const told = keepBody(error, 1000, owner)
  return {
    read: () => told.then(() => Promise.reject(error)),
    cancel: async () => owner.chunks?.cancel(),
  }
}
