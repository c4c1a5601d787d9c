import { describe, expect, it } from 'vitest'
import { encodeComment } from '../../src/encoder/encode.js'
import { encode } from '../../src/encoder/encode.js'
import { isEventWireError } from '../../src/errors.js'
import { EncodeError } from '../../src/errors/encode-error.js'

function refusal(act: () => unknown): EncodeError {
  try {
    act()
  } catch (error) {
    if (error instanceof EncodeError) return error
    throw error
  }
  throw new Error('not refused')
}

const NO_TEXT = [
  5,
  true,
  null,
  {},
  [],
  ['a'],
  Symbol('a'),
  5n,
  () => 'a',
  new Date(0),
  Object.create(null),
  new String('a'),
]

describe.each<[string, unknown[]]>([
  ['message', [undefined, null, 'a', 5, {}, [], { foo: 1 }, { event: undefined }]],
  ['event', ['a\nb', 'a\rb', 'a\r\nb', '\n', 'a\0', ...NO_TEXT].map((event) => ({ event, data: 'x' }))],
  ['event', [{ event: 'a' }, { event: '' }, { event: 'a', id: '1', retry: 5, comment: 'c' }]],
  ['id', ['a\nb', 'a\rb', 'a\n', '\0', 'a\0b', ' a', 'a ', '\ta', 'a\t', ' '].map((id) => ({ id, data: 'x' }))],
  ['id', [-1, 1.5, NaN, Infinity, 2 ** 53, ...NO_TEXT.filter((value) => value !== 5)].map((id) => ({ id }))],
  [
    'retry',
    ['5', -1, 1.5, NaN, Infinity, 2 ** 53, ...NO_TEXT.filter((value) => value !== 5)].map((retry) => ({ retry })),
  ],
  ['comment', NO_TEXT.map((comment) => ({ comment, data: 'x' }))],
  ['data', NO_TEXT.map((data) => ({ data }))],
])('%s', (field, messages) => {
  it.each(messages.map((message) => [message]))('is named where %o is refused', (message) => {
    for (const options of [undefined, {}, { strict: false }, { strict: true }]) {
      const error = refusal(() => encode(message as never, options))
      expect(error.field).toBe(field)
      expect(error.code).toBe(`ERR_ENCODE_${field.toUpperCase()}`)
      expect(error.message).toMatch(new RegExp(`^${field}: .+`))
      expect(error).toBeInstanceOf(TypeError)
      expect(isEventWireError(error)).toBe(true)
    }
  })
})

describe('strict', () => {
  it.each(['a\rb', 'a\r\nb', '\r', '\uD800', 'a\uDC00b', '\uDE00\uD83D', '😀\uD83D'])('refuses %j as data', (data) => {
    expect(refusal(() => encode({ data }, { strict: true })).field).toBe('data')
    expect(encode({ data })).toContain('data: ')
  })

  it.each(['a\nb', '😀', '\uFFFD', '\0', '\uFEFF'])('takes %j', (data) => {
    expect(encode({ data }, { strict: true })).toBe(encode({ data }))
  })
})

it.each(NO_TEXT.map((text) => [text]))('encodeComment refuses %o', (text) => {
  expect(refusal(() => encodeComment(text as never)).field).toBe('comment')
})
