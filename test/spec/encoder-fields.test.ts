import { describe, expect, it } from 'vitest'
import { encode } from '../../src/encoder/encode.js'
import type { EventMessage } from '../../src/wire/types.js'

describe.each<[string, [EventMessage, string][]]>([
  [
    'data',
    [
      [{ data: 'hello' }, 'data: hello\n\n'],
      [{ data: '' }, 'data: \n\n'],
      [{ data: ' a' }, 'data:  a\n\n'],
      [{ data: 'a\nb' }, 'data: a\ndata: b\n\n'],
      [{ data: 'a\rb' }, 'data: a\ndata: b\n\n'],
      [{ data: 'a\r\nb' }, 'data: a\ndata: b\n\n'],
      [{ data: 'a\n\rb' }, 'data: a\ndata: \ndata: b\n\n'],
      [{ data: '\n' }, 'data: \ndata: \n\n'],
      [{ data: 'a\n' }, 'data: a\ndata: \n\n'],
      [{ data: 'a\n\nb' }, 'data: a\ndata: \ndata: b\n\n'],
      [{ data: '\0\u2028\u0085\v\f' }, 'data: \0\u2028\u0085\v\f\n\n'],
      [{ data: '\uD800' }, 'data: \uD800\n\n'],
    ],
  ],
  [
    'event',
    [
      [{ event: 'tick', data: '' }, 'event: tick\ndata: \n\n'],
      [{ event: '', data: 'a' }, 'data: a\n\n'],
      [{ event: 'message', data: 'a' }, 'data: a\n\n'],
      [{ event: 'Message', data: 'a' }, 'event: Message\ndata: a\n\n'],
      [{ event: ' a: b ', data: 'a' }, 'event:  a: b \ndata: a\n\n'],
      [{ event: '__proto__', data: 'a' }, 'event: __proto__\ndata: a\n\n'],
    ],
  ],
  [
    'id',
    [
      [{ id: '1' }, 'id: 1\n\n'],
      [{ id: 0 }, 'id: 0\n\n'],
      [{ id: -0 }, 'id: 0\n\n'],
      [{ id: Number.MAX_SAFE_INTEGER }, 'id: 9007199254740991\n\n'],
      [{ id: '' }, 'id: \n\n'],
      [{ id: 'a: b', data: 'c' }, 'data: c\nid: a: b\n\n'],
      [{ id: '更新😀', data: 'c' }, 'data: c\nid: 更新😀\n\n'],
    ],
  ],
  [
    'retry',
    [
      [{ retry: 0 }, 'retry: 0\n\n'],
      [{ retry: 1500, data: 'a' }, 'retry: 1500\ndata: a\n\n'],
      [{ retry: Number.MAX_SAFE_INTEGER }, 'retry: 9007199254740991\n\n'],
    ],
  ],
  [
    'comment',
    [
      [{ comment: 'hi' }, ': hi\n'],
      [{ comment: '' }, ': \n'],
      [{ comment: 'a\r\nb\rc\nd' }, ': a\n: b\n: c\n: d\n'],
      [{ comment: 'hi', data: 'a' }, ': hi\ndata: a\n\n'],
      [{ comment: 'hi', id: '1' }, ': hi\nid: 1\n\n'],
    ],
  ],
  [
    'all of them, in one order whatever the order in the object',
    [
      [
        { data: 'x\ny', retry: 5, id: 1, event: 'tick', comment: 'c' },
        ': c\nevent: tick\nretry: 5\ndata: x\ndata: y\nid: 1\n\n',
      ],
      [{ event: undefined, id: undefined, retry: undefined, comment: undefined, data: 'a' }, 'data: a\n\n'],
    ],
  ],
])('%s', (_, cases) => {
  it.each(cases)('%j is %j', (message, text) => {
    expect(encode(message)).toBe(text)
  })
})

it('takes what the parser dispatches', () => {
  expect(encode({ event: 'message', data: 'a', id: '' })).toBe('data: a\nid: \n\n')
})

it('leaves other keys alone', () => {
  const message = Object.freeze({ data: 'a', origin: 'https://example.com', raw: 'b' })
  expect(encode(message)).toBe('data: a\n\n')
})
