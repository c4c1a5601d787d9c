import { describe, expect } from 'vitest'
import { fc, it } from '@fast-check/vitest'
import { lastEventIdHeader } from '../../../src/client/last-event-id-header.js'

describe('lastEventIdHeader', () => {
  it.each([
    ['42', '42'],
    ['', ''],
    ['a\tb', 'a\tb'],
    ['é', 'Ã©'],
    ['日本', 'æ\u0097¥æ\u009c¬'],
  ])('%j is sent as %j', (id, value) => expect(lastEventIdHeader(id)).toBe(value))

  it.each(['\0', '\u0001', 'a\nb', 'a\rb', '\u001f', '\u007f'])('%j cannot be sent', (id) =>
    expect(lastEventIdHeader(id)).toBeUndefined(),
  )

  it.prop([fc.string({ unit: 'binary' })])('is a value that fetch takes, the UTF-8 bytes of the id', (id) => {
    const value = lastEventIdHeader(id)
    if (value === undefined) return
    expect(() => new Headers({ 'last-event-id': value })).not.toThrow()
    expect(Buffer.from(value, 'latin1').toString('utf8')).toBe(id)
  })

  it('takes an id of any length', () => {
    expect(lastEventIdHeader('é'.repeat(500_000))).toHaveLength(1_000_000)
  })
})
