import { afterAll, describe, expect, it } from 'vitest'
import { parserSuite } from '../../../../src/testing/suites/parser/parser-suite.js'
import { ConformanceError } from '../../../../src/testing/suites/suite.js'
import { faultyParser, PARSER_MUTANTS } from './parser.js'
import { score } from './score.js'

describe('a correct parser passes whole', () => {
  for (const { name, run } of parserSuite(faultyParser({})).cases) it(name, run)
})

describe('each wrong parser is caught by the case that names its fault', () => {
  const caught = score('parsers', Object.keys(PARSER_MUTANTS).length, afterAll)
  it.each(Object.entries(PARSER_MUTANTS))('%s: %s', async (fault, name) => {
    const { cases } = parserSuite(faultyParser({ [fault]: true }))
    await expect(cases.find((each) => each.name === name)!.run()).rejects.toThrow(ConformanceError)
    caught()
  })
})
