import { expect, it } from 'vitest'
import { testFixtures } from '../support/fixtures/spec.js'
import { traceParser } from '../support/fixtures/trace.js'
import { everyTwoWay } from '../support/fixtures/fixtures.mjs'

testFixtures('utf8-decoding')

it('text is decoded already: lone surrogates stay, and pairs may be cut in two', () => {
  const text = 'data: \uD83D\uDE00 \uD800 \uDC00\n\n'
  for (const chunks of everyTwoWay(text)) {
    expect(traceParser(chunks).events).toEqual([{ event: 'message', data: '\uD83D\uDE00 \uD800 \uDC00', id: '' }])
  }
})

it('text after bytes that end inside a code point leaves one U+FFFD between them', () => {
  const { events } = traceParser([new Uint8Array([0x64, 0x61, 0x74, 0x61, 0x3a, 0xe2, 0x82]), 'a\n\n'])
  expect(events).toEqual([{ event: 'message', data: '\uFFFDa', id: '' }])
})

it('a code point is put together from three chunks and more, empty ones among them', () => {
  const bytes = new TextEncoder().encode('data:😀\n\n')
  const chunks = [bytes.slice(0, 6), bytes.slice(6, 7), new Uint8Array(), bytes.slice(7, 8), bytes.slice(8)]
  expect(traceParser(chunks).events).toEqual([{ event: 'message', data: '😀', id: '' }])
})

it('bytes are the sender’s again once feed has returned', () => {
  const source = new TextEncoder().encode('data: 😀 one\ndata: two\n\ndata: three\n\n')
  for (let size = 1; size < 12; size++) {
    const memory = new Uint8Array(size)
    const reused = function* () {
      for (let start = 0; start < source.length; start += size) {
        const piece = source.subarray(start, start + size)
        memory.fill(0xff)
        memory.set(piece)
        yield memory.subarray(0, piece.length)
      }
    }
    expect(traceParser(reused()).events.map((event) => event.data)).toEqual(['😀 one\ntwo', 'three'])
  }
})

it('a view of a larger buffer is read where it lies', () => {
  const buffer = new TextEncoder().encode('data: no\n\ndata: yes\n\ndata: no\n\n').buffer
  expect(traceParser([new Uint8Array(buffer, 10, 11)]).events).toEqual([{ event: 'message', data: 'yes', id: '' }])
})
