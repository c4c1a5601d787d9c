const utf8 = new TextEncoder()

/**
 * Text as bytes. On Node as a `Buffer`, because a socket would wrap a plain `Uint8Array` into one
 * at every write.
 */
export const toBytes: (text: string) => Uint8Array =
  typeof Buffer === 'function' ? (text) => Buffer.from(text) : (text) => utf8.encode(text)
