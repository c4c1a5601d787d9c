const utf8 = new TextEncoder()

/** Bytes of a text in UTF-8. */
export const byteLength: (text: string) => number =
  typeof Buffer === 'function' ? (text) => Buffer.byteLength(text) : (text) => utf8.encode(text).byteLength
