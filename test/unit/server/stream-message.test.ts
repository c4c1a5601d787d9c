import { describe, expect, it } from 'vitest'
import { encodeStreamMessage } from '../../../src/server/stream-message.js'
import type { StreamMessage } from '../../../src/server/stream-message.js'

describe('a message', () => {
  it.each<[StreamMessage, string]>([
    [{ data: 'text "as it stands"' }, 'data: text "as it stands"\n\n'],
    [{ data: '' }, 'data: \n\n'],
    [{ data: 'a\nb' }, 'data: a\ndata: b\n\n'],
    [{ data: { a: 'x\ny' } }, 'data: {"a":"x\\ny"}\n\n'],
    [{ data: 0 }, 'data: 0\n\n'],
    [{ data: null }, 'data: null\n\n'],
    [{ data: false }, 'data: false\n\n'],
    [{ data: new Date(0) }, 'data: "1970-01-01T00:00:00.000Z"\n\n'],
    [{ event: 'tick', id: 0, retry: 5, comment: 'c', data: [1] }, ': c\nevent: tick\nretry: 5\ndata: [1]\nid: 0\n\n'],
    [{ id: 'x' }, 'id: x\n\n'],
    [{ comment: 'c' }, ': c\n'],
  ])('%j is written as %j', (message, text) => {
    expect(encodeStreamMessage(message)).toBe(text)
  })

  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  it.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a bigint', 1n],
    ['a cycle', cyclic],
    [
      'toJSON that throws',
      {
        toJSON: () => {
          throw new Error('no')
        },
      },
    ],
    ['toJSON that gives nothing', { toJSON: () => undefined }],
  ])('refuses %s as data', (_, data) => {
    expect(() => encodeStreamMessage({ data })).toThrow(TypeError)
    expect(() => encodeStreamMessage({ data })).toThrow(expect.objectContaining({ name: 'EncodeError', field: 'data' }))
  })

  it.each([
    ['event', { event: 'a\ndata: b', data: 'x' }],
    ['event', { event: 'a\rb', data: 'x' }],
    ['id', { id: 'a\n\ndata: b', data: 'x' }],
    ['id', { id: 'a\0b', data: 'x' }],
    ['retry', { retry: '1\ndata: x' as unknown as number, data: 'x' }],
  ])('refuses an %s that would be more than one line', (field, message) => {
    expect(() => encodeStreamMessage(message)).toThrow(expect.objectContaining({ name: 'EncodeError', field }))
  })

  it.each([[null], [undefined], ['text'], [7], [{}]])('refuses %j', (message) => {
    expect(() => encodeStreamMessage(message as StreamMessage)).toThrow(
      expect.objectContaining({ name: 'EncodeError', field: 'message' }),
    )
  })
})
