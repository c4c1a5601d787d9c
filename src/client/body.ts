import type { ConnectErrorKind } from '../errors/connect-error.js'

export interface BodyReader {
  /** Reads one chunk. Does nothing while a read is under way. */
  pull(): void
  /** Lets go of the body; nothing is called after. */
  stop(): void
}

/**
 * Reads a body chunk by chunk, each one when it is asked to.
 *
 * @param idleTimeout the milliseconds that a read may take
 * @param onChunk without a chunk: the body came to its end
 */
export function readBody(
  body: ReadableStream<Uint8Array>,
  idleTimeout: number | undefined,
  onChunk: (chunk?: Uint8Array) => void,
  onLost: (kind: ConnectErrorKind, message: string, cause?: unknown) => void,
): BodyReader {
  const reader = body.getReader()
  let isReading = false
  let isStopped = false
  let since = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const onRead = ({ value }: { value?: Uint8Array }): void => {
    isReading = false
    if (!isStopped) onChunk(value)
  }
  const onError = (cause: unknown): void => {
    if (!isStopped) onLost('network', 'The connection was lost', cause)
  }
  // One timer for many reads: to set one for each chunk would cost more than the chunk.
  const onTimer = (): void => {
    const left = idleTimeout! - (isReading ? performance.now() - since : 0)
    if (left > 0) timer = setTimeout(onTimer, left)
    else onLost('idle', `No byte for ${idleTimeout} ms (idleTimeout).`)
  }
  if (idleTimeout) onTimer()

  return {
    pull() {
      if (isReading) return
      isReading = true
      if (idleTimeout) since = performance.now()
      reader.read().then(onRead, onError)
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
      reader.cancel().catch(() => {})
    },
  }
}
