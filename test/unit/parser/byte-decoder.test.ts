import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteDecoder } from '../../../src/parser/byte-decoder.js'
import { referenceDecode } from '../../../src/testing/reference-utf8.js'
import { everyTwoWay, perUnit } from '../../support/fixtures/fixtures.mjs'

/** Bytes at the edges of every range of UTF-8. */
const EDGES = [
  0x00, 0x0a, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1,
  0xf4, 0xf5, 0xff,
]

function decodeAll(chunks: Uint8Array[]): string {
  const decoder = new ByteDecoder()
  return chunks.map((chunk) => decoder.decode(chunk)).join('') + decoder.end()
}

const nonEmpty = (chunks: Uint8Array[]): Uint8Array[] => chunks.filter((chunk) => chunk.length > 0)

describe('ByteDecoder', () => {
  it('decodes alike however the bytes are cut', () => {
    const arrays = fc
      .array(fc.constantFrom(...EDGES), { minLength: 1, maxLength: 12 })
      .map((bytes) => Uint8Array.from(bytes))
    fc.assert(
      fc.property(arrays, (bytes) => {
        // The reference drops a leading mark, which is the parser's to drop here.
        const marked = Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes)
        const text = referenceDecode(marked)
        for (const chunks of [[bytes], perUnit(bytes), ...everyTwoWay(bytes)])
          expect(decodeAll(nonEmpty(chunks))).toBe(text)
      }),
      { numRuns: 1_000 },
    )
  })

  it('leaves byte order marks alone, cut or not', () => {
    const marks = Uint8Array.of(0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf)
    for (const chunks of [[marks], perUnit(marks), ...everyTwoWay(marks)])
      expect(decodeAll(nonEmpty(chunks))).toBe('\uFEFF\uFEFF')
  })

  it('may be used again after a flush', () => {
    const decoder = new ByteDecoder()
    decoder.decode(Uint8Array.of(0xe2, 0x82))
    expect(decoder.end()).toBe('\uFFFD')
    expect(decoder.end()).toBe('')
    expect(decoder.decode(Uint8Array.of(0xc3, 0xa9))).toBe('é')
  })
})
