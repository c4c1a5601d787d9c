import { expect, it } from 'vitest'
import { createParser } from '../../src/parser/create-parser.js'
import { testFixtures } from '../support/fixtures/spec.js'
import { recorder, traceParser } from '../support/fixtures/trace.js'

testFixtures('retry')

it('takes effect as soon as the line ends', () => {
  const { steps, callbacks } = recorder()
  const parser = createParser(callbacks)
  parser.feed('data: a\nretry: 5')
  expect(steps).toEqual([])
  parser.feed('\r')
  expect(steps).toEqual([{ type: 'retry', ms: 5 }])
})

it('a number beyond all numbers is infinite', () => {
  expect(traceParser([`retry: ${'9'.repeat(400)}\n`]).retries).toEqual([Infinity])
})
