const utf8 = new TextEncoder()

/**
 * Text as bytes. On Node as a `Buffer`, because a socket would wrap a plain `Uint8Array` into one
 * at every write.
 */
export const toBytes: (text: string) => Uint8Array =
  typeof Buffer === 'function' ? (text) => Buffer.from(text) : (text) => utf8.encode(text)

/** Chunks as one, for one write. */
export function joinChunks(chunks: readonly Uint8Array[]): Uint8Array {
  const length = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)
  const whole = typeof Buffer === 'function' ? Buffer.allocUnsafe(length) : new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}
