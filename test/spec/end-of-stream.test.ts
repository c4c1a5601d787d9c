import { expect, it } from 'vitest'
import { createParser } from '../../src/parser/create-parser.js'
import { testFixtures } from '../support/fixtures/spec.js'
import { recorder, traceParser } from '../support/fixtures/trace.js'

testFixtures('end-of-stream')

it.each([
  'data: a',
  'data: a\n',
  'event: x\ndata',
  'event: x\n',
  'id: 1\n',
  'retry: 5',
  ': c',
  'data: a\r',
  new Uint8Array([0x64, 0x61, 0x74, 0x61, 0x3a, 0xe2]),
  new Uint8Array([0xef, 0xbb]),
])('nothing of an unfinished block reaches the next stream (%j)', (unfinished) => {
  const { steps, callbacks } = recorder()
  const parser = createParser(callbacks)
  parser.feed(unfinished)
  parser.end()
  expect(steps).toEqual([])
  parser.feed('data: b\n\n')
  expect(steps).toEqual([{ type: 'event', event: { event: 'message', data: 'b', id: '' } }])
})

it('a stream may end before it began, and twice', () => {
  const { steps, callbacks } = recorder()
  const parser = createParser(callbacks)
  parser.end()
  parser.end()
  parser.feed('data: a\n\n')
  parser.end()
  parser.end()
  expect(steps).toHaveLength(1)
})

it('an event is dispatched at its blank line, not at the end of the stream', () => {
  const { steps, callbacks } = recorder()
  createParser(callbacks).feed('data: a\n\n')
  expect(steps).toHaveLength(1)
  expect(traceParser([]).events).toEqual([])
})
