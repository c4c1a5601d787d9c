/** Below this a byte is a whole code point of its own. */
const FIRST_NON_ASCII = 0x80

/**
 * UTF-8 to text, with replacement, wherever the bytes are cut. Without bytes it ends the stream of them: what is left
 * of an unfinished code point comes out as U+FFFD.
 *
 * Two decoders, because one in streaming mode costs twice as much for a short chunk as one that is
 * called for whole pieces, and nearly every chunk ends with a line feed. Neither touches byte order marks:
 * some engines drop two of them when the first is split over chunks.
 */
export function createByteDecoder(): (bytes?: Uint8Array) => string {
  // Made on first use, so that those who feed text need no TextDecoder at all.
  let whole: TextDecoder | undefined
  let streaming: TextDecoder | undefined
  let isMidCodePoint = false

  return (bytes) => {
    const endsWhole = !bytes || bytes[bytes.length - 1]! < FIRST_NON_ASCII
    if (!isMidCodePoint) {
      if (!bytes) return ''
      if (endsWhole) return (whole ??= newDecoder()).decode(bytes)
    }
    isMidCodePoint = !endsWhole
    return (streaming ??= newDecoder()).decode(bytes, { stream: isMidCodePoint })
  }
}

function newDecoder(): TextDecoder {
  return new TextDecoder('utf-8', { ignoreBOM: true })
}
