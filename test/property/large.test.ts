import fc from 'fast-check'
import { expect, it } from 'vitest'
import { arbitraries } from '../../src/testing/arbitraries/index.js'
import { referenceTrace } from '../../src/testing/reference-parse.js'
import { traceParser } from '../support/fixtures/trace.js'
import { cutAt } from '../support/fixtures/fixtures.mjs'
import { TIMEOUT, cases } from './cases.js'

// A parser may treat large chunks in pieces, and many lines or long ones in other ways than few: hostile
// streams around such sizes, behind fillers that do and do not leave a line, a block or a code point open.
const SIZES = [1_024, 4_096, 16_384, 32_768]
const FILLERS = ['a', 'é', '中', '😀', 'data: a\n', 'data\r\n', ': a\n', 'id: 1\ndata: a\n\n', '\r', '\n', 'a\n']
const OPENINGS = ['', 'data: ', ': ', 'data: a\n', 'id: ', 'foo: ', 'event: a\rdata:']

const filler = fc
  .tuple(
    fc.constantFrom(...OPENINGS),
    fc.constantFrom(...FILLERS),
    fc.constantFrom(...SIZES),
    fc.integer({ min: -12, max: 4 }),
  )
  .map(([opening, piece, size, slack]) => {
    const start = new TextEncoder().encode(opening)
    const unit = new TextEncoder().encode(piece)
    const rest = Math.max(0, size + slack - start.length)
    return Uint8Array.from(
      { length: start.length + rest },
      (_, at) => start[at] ?? unit[(at - start.length) % unit.length]!,
    )
  })

const large = fc
  .tuple(arbitraries.stream(), filler, arbitraries.stream())
  .map((parts) => new Uint8Array(Buffer.concat(parts)))

it('agrees with the reference on large streams', { timeout: TIMEOUT }, () => {
  fc.assert(
    fc.property(large, fc.nat(), (source, cut) => {
      const wanted = JSON.stringify(referenceTrace(source))
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(source)
      const at = cut % source.length
      const sizes = [1_000, 1_025, 16_384]
      const pieces = (size: number): number[] =>
        Array.from({ length: Math.floor(source.length / size) }, (_, index) => (index + 1) * size)
      for (const chunks of [
        [source],
        [text],
        cutAt(source, at),
        cutAt(text, at),
        ...sizes.map((size) => cutAt(source, ...pieces(size))),
      ]) {
        const trace = traceParser(chunks)
        if (JSON.stringify(trace) !== wanted) expect(trace).toEqual(referenceTrace(source))
      }
    }),
    cases(500),
  )
})
