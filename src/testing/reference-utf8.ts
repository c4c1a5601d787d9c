const REPLACEMENT = '\uFFFD'
const END_OF_QUEUE = undefined

/**
 * "UTF-8 decode" of the WHATWG Encoding Standard (6.1 and 8.1.1), step by step: one leading byte order
 * mark is dropped, and each maximal subpart of an ill-formed sequence becomes one U+FFFD. The names
 * are the standard's own.
 */
export function referenceDecode(bytes: Uint8Array): string {
  const hasByteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf

  let output = ''
  let codePoint = 0
  let bytesSeen = 0
  let bytesNeeded = 0
  let lowerBoundary = 0x80
  let upperBoundary = 0xbf

  let position = hasByteOrderMark ? 3 : 0
  while (true) {
    const byte = position < bytes.length ? bytes[position] : END_OF_QUEUE
    position += 1

    if (byte === END_OF_QUEUE) return bytesNeeded === 0 ? output : output + REPLACEMENT

    if (bytesNeeded === 0) {
      if (byte <= 0x7f) {
        output += String.fromCodePoint(byte)
      } else if (byte >= 0xc2 && byte <= 0xdf) {
        bytesNeeded = 1
        codePoint = byte & 0x1f
      } else if (byte >= 0xe0 && byte <= 0xef) {
        if (byte === 0xe0) lowerBoundary = 0xa0
        if (byte === 0xed) upperBoundary = 0x9f
        bytesNeeded = 2
        codePoint = byte & 0x0f
      } else if (byte >= 0xf0 && byte <= 0xf4) {
        if (byte === 0xf0) lowerBoundary = 0x90
        if (byte === 0xf4) upperBoundary = 0x8f
        bytesNeeded = 3
        codePoint = byte & 0x07
      } else {
        output += REPLACEMENT
      }
      continue
    }

    if (byte < lowerBoundary || byte > upperBoundary) {
      codePoint = bytesNeeded = bytesSeen = 0
      lowerBoundary = 0x80
      upperBoundary = 0xbf
      // "Restore byte to ioQueue": it may begin a sequence of its own.
      position -= 1
      output += REPLACEMENT
      continue
    }

    lowerBoundary = 0x80
    upperBoundary = 0xbf
    codePoint = (codePoint << 6) | (byte & 0x3f)
    bytesSeen += 1
    if (bytesSeen !== bytesNeeded) continue

    output += String.fromCodePoint(codePoint)
    codePoint = bytesNeeded = bytesSeen = 0
  }
}
