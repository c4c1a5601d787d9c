import { describe, expect, it } from 'vitest'
import { parse } from '../../src/parser/parse.js'
import { referenceParse, referenceTrace } from '../../src/testing/reference-parse.js'
import { traceParser } from './fixtures-trace.js'
import { everyTwoWay, loadFixtures, perUnit } from './fixtures.mjs'
import type { Expectation } from './fixtures.mjs'

/** Tests the fixtures of a group, as bytes and as text, in each way of cutting. */
export function testFixtures(group: string): void {
  describe.each(loadFixtures(group))('$rule ($name)', ({ bytes, text, expected }) => {
    describe.each([
      ['bytes', bytes],
      ['text', text],
    ])('%s', (_, source) => {
      it('whole', () => {
        expect(partsOf([source])).toEqual(expected)
        expect(parse(source)).toEqual(expected.events)
      })

      it('one at a time', () => {
        expect(partsOf(perUnit(source))).toEqual(expected)
      })

      it('cut in two anywhere', () => {
        const wanted = JSON.stringify(expected)
        for (const chunks of everyTwoWay(source)) {
          // Compared as text first: the report of a failure is worth its time, that of a success is not.
          if (JSON.stringify(partsOf(chunks)) !== wanted)
            expect(partsOf(chunks), `cut at ${chunks[0]?.length}`).toEqual(expected)
        }
      })

      it('by the reference', () => {
        const { steps: _steps, ...parts } = referenceTrace(source)
        expect(parts).toEqual(expected)
        expect(referenceParse(source)).toEqual(expected.events)
      })
    })
  })
}

function partsOf(chunks: (string | Uint8Array)[]): Expectation {
  const { events, comments, retries, ids, lastEventId } = traceParser(chunks)
  return { events, comments, retries, ids, lastEventId }
}
