import { describe, expect, it } from 'vitest'
import { createParser } from '../../src/parser/create-parser.js'
import { testFixtures } from '../support/fixtures/spec.js'
import { recorder, traceParser } from '../support/fixtures/trace.js'

testFixtures('bom')

const MARK = [0xef, 0xbb, 0xbf]
const REST = [...new TextEncoder().encode('data: a\n\n')]

// Some engines drop two marks when the first one comes in pieces.
describe.each([
  ['1 + 2', [1]],
  ['2 + 1', [2]],
  ['1 + 1 + 1', [1, 2]],
])('a mark cut %s', (_, cuts) => {
  const cut = (bytes: number[]): Uint8Array[] => {
    const edges = [0, ...cuts, bytes.length]
    return edges.slice(1).map((edge, index) => Uint8Array.from(bytes.slice(edges[index], edge)))
  }

  it('is dropped', () => {
    expect(traceParser(cut([...MARK, ...REST])).events).toEqual([{ event: 'message', data: 'a', id: '' }])
  })

  it('is dropped once: the second one is text', () => {
    expect(traceParser(cut([...MARK, ...MARK, ...REST])).events).toEqual([])
  })
})

it('the mark is dropped after empty chunks too', () => {
  expect(traceParser(['', '', '\uFEFFdata: a\n\n']).events).toHaveLength(1)
  expect(traceParser([new Uint8Array(), Uint8Array.from([...MARK, ...REST])]).events).toHaveLength(1)
})

it('each stream has a leading mark of its own, after end and after reset', () => {
  const { steps, callbacks } = recorder()
  const parser = createParser(callbacks)
  parser.feed('\uFEFFdata: 1\n\n')
  parser.end()
  parser.feed(Uint8Array.from([...MARK, ...REST]))
  parser.reset()
  parser.feed('\uFEFFdata: 3\n\n')
  expect(steps).toHaveLength(3)
})
