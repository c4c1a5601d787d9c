export interface BodyReader {
  /** Reads on, if there is somebody to read for. */
  pull(): void
  /** Lets go of the body; nothing is called after. */
  stop(): void
}

export interface BodyOwner {
  /** Milliseconds; 0: no limit. */
  idleTimeout: number
  hungry(): boolean
  onChunk(chunk: Uint8Array): void
  /** The body came to its end. */
  onEnd(): void
  onLost(cause: unknown): void
  /** No byte for `idleTimeout` while one was waited for. */
  onIdle(): void
}

/** Reads a body chunk by chunk, each one only when its owner is hungry. */
export function readBody(body: ReadableStream<Uint8Array>, owner: BodyOwner): BodyReader {
  const { idleTimeout } = owner
  const reader = body.getReader()
  let isReading = false
  let isStopped = false
  let since = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const onRead = ({ done, value }: ReadableStreamReadResult<Uint8Array>): void => {
    if (isStopped) return
    isReading = false
    if (done) return owner.onEnd()
    owner.onChunk(value)
    pull()
  }
  const onLost = (cause: unknown): void => {
    if (!isStopped) owner.onLost(cause)
  }
  // One timer for many reads: to set a timer for each chunk would cost more than the chunk.
  const onTimer = (): void => {
    const left = since + idleTimeout - performance.now()
    timer = undefined
    if (!isReading) return
    if (left > 0) timer = setTimeout(onTimer, left)
    else owner.onIdle()
  }

  function pull(): void {
    if (isReading || isStopped || !owner.hungry()) return
    isReading = true
    if (idleTimeout) {
      since = performance.now()
      timer ??= setTimeout(onTimer, idleTimeout)
    }
    reader.read().then(onRead, onLost)
  }

  return {
    pull,
    stop() {
      isStopped = true
      clearTimeout(timer)
      reader.cancel().catch(() => {})
    },
  }
}
