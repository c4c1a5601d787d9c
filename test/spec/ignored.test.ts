import { expect, it } from 'vitest'
import { LimitError } from '../../src/errors/limit-error.js'
import { createParser } from '../../src/parser/create-parser.js'
import { perUnit } from '../support/fixtures/fixtures.mjs'

const STREAM =
  ': comment\nfoo: bar\nretry: 5s\nretry: 7\nretry\nid: a\0b\nid: ok\n event: x\ndata: y\nDATA\n{"error":1}\r\n\nunfinished'
const IGNORED = ['foo: bar', 'retry: 5s', 'retry', 'id: a\0b', ' event: x', 'DATA', '{"error":1}']

it.each([[[STREAM]], [perUnit(STREAM)], [perUnit(new TextEncoder().encode(STREAM))]])(
  'lines that the standard has a reader ignore are told as they stand, in the order of the stream',
  (chunks) => {
    const seen: string[] = []
    const parser = createParser({
      onIgnored: (line) => seen.push(line),
      onRetry: (ms) => seen.push(`retry ${ms}`),
      onEvent: ({ data, id }) => seen.push(`event ${data} ${id}`),
    })
    for (const chunk of chunks) parser.feed(chunk)
    parser.end()
    expect(seen).toEqual([...IGNORED.slice(0, 2), 'retry 7', ...IGNORED.slice(2), 'event y ok'])
  },
)

it('an ignored line of several chunks is whole', () => {
  const line = `{"error":"${'x'.repeat(5000)}"}`
  for (const end of ['\n', '\r']) {
    const seen: string[] = []
    const parser = createParser({ onIgnored: (told) => seen.push(told) })
    for (const unit of line + end) parser.feed(unit)
    expect(seen).toEqual([line])
  }
})

it('the rest of a chunk is taken at the next call where onIgnored throws', () => {
  const seen: string[] = []
  const parser = createParser({
    onIgnored() {
      throw new Error('no')
    },
    onEvent: ({ data, id }) => seen.push(`${data} ${id}`),
  })
  expect(() => parser.feed('data: a\nid: 1\nfoo\ndata: b\n\n')).toThrow('no')
  expect(seen).toEqual([])
  parser.feed('')
  expect(seen).toEqual(['a\nb 1'])
})

it('a reset inside onIgnored drops the rest of the chunk', () => {
  const seen: string[] = []
  const parser = createParser({ onIgnored: () => parser.reset(), onEvent: ({ data }) => seen.push(data) })
  parser.feed('data: a\nfoo\ndata: b\n\n')
  parser.feed('data: c\n\n')
  expect(seen).toEqual(['c'])
})

it.each([
  [['x'.repeat(20) + '\n']],
  [perUnit('x'.repeat(20) + '\n')],
  [perUnit('x'.repeat(20))],
  [['data: abcd\nfoobarx']],
])('an ignored line counts against the limit where it is listened to (%#)', (chunks) => {
  const feed = (options: object): void => {
    const parser = createParser({ maxEventSize: 10, ...options })
    for (const chunk of chunks) parser.feed(chunk)
  }
  expect(() => feed({ onIgnored() {} })).toThrow(LimitError)
  feed({})
})
