import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LimitError } from '../../src/errors/limit-error.js'
import { createParser } from '../../src/parser/create-parser.js'
import { arbitraries } from '../../src/testing/arbitraries/index.js'
import { referenceTrace } from '../../src/testing/reference-parse.js'
import { recorder } from '../support/fixtures/trace.js'
import { everyTwoWay, perUnit } from '../support/fixtures/fixtures.mjs'
import { TIMEOUT, cases } from './cases.js'

interface Outcome {
  /** What was told until the stream ended or the limit was passed. */
  steps: unknown[]
  passes: boolean
}

const COUNTED = ['data', 'event', 'id', 'retry']

/** The rule, over the text of a stream that begins without a byte order mark: where the limit is passed, if it is. */
function lengthWithin(text: string, limit: number, hearsComments: boolean): number | undefined {
  let size = 0
  let dataLines = 0
  // The piece after the last line end is a line that has not ended; its name counts only once it has a colon.
  let start = 0
  for (const match of text.matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g)) {
    const line = match[1]!
    const isComplete = match[2] !== ''
    const colon = line.indexOf(':')
    const name = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')

    if (line === '' && isComplete) {
      size = 0
      dataLines = 0
    } else if (colon === 0) {
      if (hearsComments && size + line.length - 1 > limit) return start
    } else if (COUNTED.includes(name) && (isComplete || colon !== -1)) {
      size += value.length
      if (name === 'data' && (dataLines += 1) > 1) size += 1
      if (size > limit) return start
    }
    start += match[0].length
  }
  return undefined
}

function expected(text: string, limit: number, hearsComments: boolean): Outcome {
  const steps = (source: string): unknown[] =>
    // With a mark in front, so that the reference drops none of the text.
    referenceTrace(`\uFEFF${source}`).steps.filter((step) => hearsComments || step.type !== 'comment')
  const length = lengthWithin(text, limit, hearsComments)
  return length === undefined
    ? { steps: steps(text), passes: true }
    : { steps: steps(text.slice(0, length)), passes: false }
}

function outcome(chunks: (string | Uint8Array)[], maxEventSize: number, hearsComments: boolean): Outcome {
  const { steps, callbacks } = recorder()
  const { onComment, ...others } = callbacks
  const parser = createParser({ ...others, ...(hearsComments && { onComment }), maxEventSize })
  try {
    for (const chunk of chunks) parser.feed(chunk)
    return { steps, passes: true }
  } catch (error) {
    expect(error).toBeInstanceOf(LimitError)
    return { steps, passes: false }
  }
}

const caseOf = <T extends string | Uint8Array>(source: fc.Arbitrary<T>) =>
  fc.record({ source, limit: fc.nat({ max: 24 }), hearsComments: fc.boolean() })

const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

// Of a code point that has not arrived whole nothing can be counted yet, so bytes end in whole ones here.
const bytes = arbitraries.stream().map((stream) => new TextEncoder().encode(decode(stream)))

it.each([
  ['text', arbitraries.streamText()],
  ['bytes', bytes],
])('the limit is where the rule puts it, however the stream of %s is cut', { timeout: TIMEOUT }, (_, sources) => {
  fc.assert(
    fc.property(caseOf<string | Uint8Array>(sources), ({ source, limit, hearsComments }) => {
      const text = (typeof source === 'string' ? source : decode(source)).replace(/^\uFEFF/, '')
      const wanted = expected(text, limit, hearsComments)
      for (const cut of [[source], perUnit(source), ...everyTwoWay(source)]) {
        const found = outcome(cut, limit, hearsComments)
        if (JSON.stringify(found) !== JSON.stringify(wanted))
          expect(found, `cut as ${fc.stringify(cut)}`).toEqual(wanted)
      }
    }),
    cases(5_000),
  )
})
