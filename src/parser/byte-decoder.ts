/** Below this a byte is a whole code point of its own. */
const FIRST_NON_ASCII = 0x80

const STREAM = { stream: true }

// Made on first use, so that those who feed text need no TextDecoder at all.
let whole: TextDecoder | undefined

/**
 * UTF-8 to text, with replacement, wherever the bytes are cut.
 *
 * Two decoders, because one in streaming mode costs twice as much for a short chunk as one that is
 * called for whole pieces, and nearly every chunk ends with a line feed. All share the latter, which keeps nothing
 * between calls. Neither touches byte order marks: some engines drop two of them when the first is split over chunks.
 */
export class ByteDecoder {
  /** There while a code point is cut. */
  _streaming: TextDecoder | undefined

  decode(bytes: Uint8Array): string {
    // An empty chunk has no last byte. It counts as cut, so that a code point that is cut waits for its rest.
    const stream = !(bytes[bytes.length - 1]! < FIRST_NON_ASCII)
    if (stream) this._streaming ??= newDecoder()
    const decoder = this._streaming ?? (whole ??= newDecoder())
    if (!stream) this._streaming = undefined
    // No options where none are needed: Bun reads them at each call, which takes a tenth of the time.
    return stream ? decoder.decode(bytes, STREAM) : decoder.decode(bytes)
  }

  /** Ends the bytes: what is left of an unfinished code point comes out as U+FFFD. */
  end(): string {
    const rest = this._streaming?.decode() ?? ''
    this._streaming = undefined
    return rest
  }
}

function newDecoder(): TextDecoder {
  return new TextDecoder('utf-8', { ignoreBOM: true })
}
