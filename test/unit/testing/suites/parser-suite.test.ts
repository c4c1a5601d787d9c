import { describe, expect, it } from 'vitest'
import { createParser } from '../../../../src/parser/create-parser.js'
import { referenceTrace } from '../../../../src/testing/reference-parse.js'
import { parserSuite, type ParserAdapter } from '../../../../src/testing/suites/parser/parser-suite.js'

describe('our parser', () => {
  for (const { name, run } of parserSuite(createParser).cases) it(name, run)
})

describe('our parser, fed text', () => {
  const { cases } = parserSuite(createParser, { input: 'text' })
  for (const { name, run } of cases.filter(({ skip }) => skip === undefined)) it(name, run)

  it('leaves out what only bytes can show, and says so', () => {
    const skipped = cases.filter(({ skip }) => skip !== undefined)
    expect(new Set(skipped.map(({ skip }) => skip))).toEqual(new Set(['the parser takes text']))
    expect(skipped.length).toBe(7)
  })
})

describe('the reference', () => {
  const reference: ParserAdapter = ({ onEvent, onRetry }) => {
    const bytes: number[] = []
    let told = 0
    const tell = (): void => {
      const { steps } = referenceTrace(Uint8Array.from(bytes))
      for (const step of steps.slice(told)) {
        if (step.type === 'event') onEvent(step.event)
        if (step.type === 'retry') onRetry(step.ms)
      }
      told = steps.length
    }
    const feed = (chunk: Uint8Array): void => {
      for (const byte of chunk) bytes.push(byte)
      tell()
    }
    return { feed, end: tell }
  }
  for (const { name, run } of parserSuite(reference).cases) it(name, run)
})
