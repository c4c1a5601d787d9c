import { describe, expect, it } from 'vitest'
import { referenceParse, referenceTrace } from '../../../src/testing/reference-parse.js'
import { referenceDecode } from '../../../src/testing/reference-utf8.js'

describe('referenceTrace', () => {
  it('tells everything a stream says, in its order', () => {
    expect(referenceTrace('retry: 5\nid: 1\n: c\ndata: a\n\n')).toEqual({
      steps: [
        { type: 'retry', ms: 5 },
        { type: 'comment', text: ' c' },
        { type: 'id', id: '1' },
        { type: 'event', event: { event: 'message', data: 'a', id: '1' } },
      ],
      events: [{ event: 'message', data: 'a', id: '1' }],
      comments: [' c'],
      retries: [5],
      ids: ['1'],
      lastEventId: '1',
    })
  })

  it('starts from the last event ID it is given', () => {
    expect(referenceParse('data: a\n\nid\ndata: b\n\n', { lastEventId: '9' }).map((event) => event.id)).toEqual([
      '9',
      '',
    ])
  })

  it('drops the id of a block that never ends', () => {
    expect(referenceTrace('id: 1\n\nid: 2\ndata: a\n').lastEventId).toBe('1')
  })
})

describe('referenceDecode', () => {
  const decode = (bytes: number[]): string => new TextDecoder('utf-8').decode(Uint8Array.from(bytes))

  it('agrees with TextDecoder on every sequence of two bytes', () => {
    for (let first = 0; first < 0x100; first++) {
      for (let second = 0; second < 0x100; second++) {
        const bytes = [first, second]
        if (referenceDecode(Uint8Array.from(bytes)) !== decode(bytes)) expect.fail(`differs on ${bytes}`)
      }
    }
  })

  // One byte from each row of the table, and those at its edges.
  const EDGES = [
    0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5,
  ]

  it('agrees with TextDecoder on every sequence of four bytes at the edges of the ranges', () => {
    for (const a of EDGES) {
      for (const b of EDGES) {
        for (const c of EDGES) {
          for (const d of EDGES) {
            const bytes = [a, b, c, d]
            if (referenceDecode(Uint8Array.from(bytes)) !== decode(bytes)) expect.fail(`differs on ${bytes}`)
          }
        }
      }
    }
  })

  it('drops one byte order mark', () => {
    expect(referenceDecode(Uint8Array.of(0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, 0x41))).toBe('\uFEFFA')
  })
})
