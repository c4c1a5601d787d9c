import fc from 'fast-check'
import { expect, it } from 'vitest'
import { markFields, messageFields, readEntries, readEntry, sizeOf } from '../../../src/redis/stored-entry.js'

const message = fc.record({
  event: fc.string({ unit: 'grapheme', minLength: 1 }),
  data: fc.string({ unit: 'grapheme' }),
  json: fc.boolean(),
  topic: fc.option(fc.string(), { nil: undefined }),
  conflateKey: fc.option(fc.string(), { nil: undefined }),
  ephemeral: fc.boolean(),
})

it('what is stored of a message is all of it', () => {
  fc.assert(
    fc.property(message, fc.string(), (written, channel) => {
      const read = readEntry(['1-1', messageFields(channel, written)])
      expect(read).toMatchObject({ id: '1-1', channel, mark: undefined, message: written })
    }),
  )
})

it('what others store is an event if it has data', () => {
  expect(readEntry(['1-1', ['data', 'x']]).message).toEqual({
    event: 'message',
    data: 'x',
    json: false,
    topic: undefined,
    conflateKey: undefined,
    ephemeral: false,
  })
  expect(readEntry(['1-1', ['__proto__', 'x', 'event', 'y']]).message).toBeUndefined()
  expect(readEntry(['1-1', ['data']]).message).toBeUndefined()
})

it('a mark is no event', () => {
  expect(readEntry(['1-1', markFields('break')])).toMatchObject({ mark: 'break', message: undefined })
})

it('no reply is no entries', () => {
  expect(readEntries(null)).toEqual([])
  expect(sizeOf(readEntries([['1-1', ['data', 'x'.repeat(1000)]]]))).toBeGreaterThan(1000)
})
