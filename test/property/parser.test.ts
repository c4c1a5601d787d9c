import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createParser } from '../../src/parser/create-parser.js'
import { parse } from '../../src/parser/parse.js'
import { arbitraries } from '../../src/testing/arbitraries/index.js'
import { referenceParse, referenceTrace } from '../../src/testing/reference-parse.js'
import { recorder, traceParser } from '../support/fixtures/trace.js'
import { everyTwoWay, perUnit } from '../support/fixtures/fixtures.mjs'
import { TIMEOUT, cases } from './cases.js'

type Source = string | Uint8Array

const bytesInChunks = arbitraries
  .stream()
  .chain((source) => arbitraries.chunking(source).map((chunks) => ({ source, chunks })))

const textInChunks = arbitraries
  .streamText()
  .chain((source) => arbitraries.chunking(source).map((chunks) => ({ source, chunks })))

function agrees({ source, chunks }: { source: Source; chunks: Source[] }): void {
  const wanted = JSON.stringify(referenceTrace(source))
  for (const cut of [[source], perUnit(source), chunks, ...everyTwoWay(source)]) {
    const trace = traceParser(lent(cut))
    // As text first: most cases agree, and a deep comparison of each takes most of the time.
    if (JSON.stringify(trace) !== wanted) expect(trace, `cut as ${fc.stringify(cut)}`).toEqual(referenceTrace(source))
  }
  expect(parse(source)).toEqual(referenceParse(source))
}

/** Bytes are lent to the parser for the call alone: it must not read them later. */
function* lent(chunks: Source[]): Iterable<Source> {
  for (const chunk of chunks) {
    const copy = chunk.slice()
    yield copy
    if (typeof copy !== 'string') copy.fill(0x0a)
  }
}

it('agrees with the reference on every stream of bytes, however it is cut', { timeout: TIMEOUT }, () => {
  fc.assert(fc.property(bytesInChunks, agrees), cases(20_000))
})

it('agrees with the reference on every stream of text, however it is cut', { timeout: TIMEOUT }, () => {
  fc.assert(fc.property(textInChunks, agrees), cases(20_000))
})

it('agrees on streams in a row: only the last event ID outlives the end of one', { timeout: TIMEOUT }, () => {
  const streams = fc.array(fc.oneof(arbitraries.stream(), arbitraries.streamText()), { maxLength: 4 })
  fc.assert(
    fc.property(streams, (sources) => {
      const { steps, callbacks } = recorder()
      const parser = createParser(callbacks)
      let lastEventId = ''
      const wanted = sources.flatMap((source) => {
        const trace = referenceTrace(source, { lastEventId })
        lastEventId = trace.lastEventId
        return trace.steps
      })
      for (const source of sources) {
        parser.feed(source)
        parser.end()
      }
      expect(steps).toEqual(wanted)
      expect(parser.lastEventId).toBe(lastEventId)
    }),
    cases(5_000),
  )
})
