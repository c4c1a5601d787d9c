import { expect, it } from 'vitest'
import { createParser } from '../../src/parser/create-parser.js'
import { testFixtures } from '../support/fixtures/spec.js'

testFixtures('comments')

it('a comment is told as soon as its line ends', () => {
  const seen: string[] = []
  const parser = createParser({ onComment: (text) => seen.push(text) })
  parser.feed(': a')
  expect(seen).toEqual([])
  parser.feed('\n')
  expect(seen).toEqual([' a'])
})
