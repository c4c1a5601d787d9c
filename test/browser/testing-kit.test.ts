import { describe, it } from 'vitest'
import { createParser } from '../../src/parser/create-parser.js'
import { parserSuite } from '../../src/testing/suites/parser/parser-suite.js'
import '../unit/testing/scripted-response.test.js'

describe('our parser', () => {
  for (const { name, run } of parserSuite(createParser).cases) it(name, run)
})
