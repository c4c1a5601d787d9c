import { describe, expect, it } from 'vitest'
import { createParser } from '../../src/parser/create-parser.js'
import { testFixtures } from '../support/fixtures/spec.js'
import { recorder } from '../support/fixtures/trace.js'

testFixtures('line-endings')

describe.each<[string, (text: string) => string | Uint8Array]>([
  ['text', (text) => text],
  ['bytes', (text) => new TextEncoder().encode(text)],
])('as %s', (_, form) => {
  it('a CR ends its line at once, without waiting for what follows', () => {
    const { steps, callbacks } = recorder()
    const parser = createParser(callbacks)
    parser.feed(form('data: a\r'))
    expect(steps).toHaveLength(0)
    parser.feed(form('\r'))
    expect(steps).toHaveLength(1)
  })

  it('an LF in the next chunk belongs to the CR before it', () => {
    const { steps, callbacks } = recorder()
    const parser = createParser(callbacks)
    parser.feed(form('data: a\r'))
    parser.feed(form(''))
    parser.feed(form('\n'))
    expect(steps).toHaveLength(0)
    parser.feed(form('\n'))
    expect(steps).toHaveLength(1)
  })
})
