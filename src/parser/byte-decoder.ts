/** Below this a byte is a whole code point of its own. */
const FIRST_NON_ASCII = 0x80

const STREAM = { stream: true }

/**
 * UTF-8 to text, with replacement, wherever the bytes are cut.
 *
 * Two decoders, because one in streaming mode costs twice as much for a short chunk as one that is
 * called for whole pieces, and nearly every chunk ends with a line feed. Neither touches byte order marks:
 * some engines drop two of them when the first is split over chunks.
 */
export class ByteDecoder {
  // Made on first use, so that those who feed text need no TextDecoder at all.
  #whole: TextDecoder | undefined
  #streaming: TextDecoder | undefined
  #midCodePoint = false

  decode(bytes: Uint8Array): string {
    const endsWhole = bytes[bytes.length - 1]! < FIRST_NON_ASCII
    if (endsWhole && !this.#midCodePoint) return (this.#whole ??= newDecoder()).decode(bytes)
    this.#midCodePoint = !endsWhole
    return (this.#streaming ??= newDecoder()).decode(bytes, endsWhole ? undefined : STREAM)
  }

  /** Ends the stream of bytes: what is left of an unfinished code point comes out as U+FFFD. */
  flush(): string {
    if (!this.#midCodePoint) return ''
    this.#midCodePoint = false
    return this.#streaming!.decode()
  }
}

function newDecoder(): TextDecoder {
  return new TextDecoder('utf-8', { ignoreBOM: true })
}
