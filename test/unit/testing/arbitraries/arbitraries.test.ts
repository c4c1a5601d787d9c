import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encode } from '../../../../src/encoder/encode.js'
import { arbitraries } from '../../../../src/testing/arbitraries/index.js'
import { referenceParse } from '../../../../src/testing/reference-parse.js'
import type { ServerSentEvent } from '../../../../src/wire/types.js'

const sample = <T>(arbitrary: fc.Arbitrary<T>): T[] => fc.sample(arbitrary, { numRuns: 2000, seed: 1 })

/** The value fast-check ends with where everything that holds is a failure. */
function smallest<T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => boolean): T | undefined {
  const run = fc.check(
    fc.property(arbitrary, (value) => !holds(value)),
    { seed: 1, numRuns: 2000 },
  )
  return run.counterexample?.[0]
}

describe('arbitraries.message', () => {
  it('makes only what a strict encoder takes', () => {
    for (const message of sample(arbitraries.message())) encode(message, { strict: true })
  })

  it('makes messages with and without each field, and types of its own', () => {
    const messages = sample(arbitraries.message())
    for (const name of ['data', 'event', 'id', 'retry', 'comment'] as const) {
      expect(messages.some((message) => message[name] !== undefined)).toBe(true)
      expect(messages.some((message) => message[name] === undefined)).toBe(true)
    }
  })

  it('shrinks to the one field at fault', () => {
    expect(smallest(arbitraries.message(), ({ id }) => typeof id === 'string' && id.includes('b'))).toEqual({ id: 'b' })
  })
})

describe('arbitraries.hostileText', () => {
  it.each(['\r', '\n', '\0', '\uFEFF', '\uD800', '\uDFFF', '😀', ':'])('makes texts with %j', (character) => {
    expect(sample(arbitraries.hostileText()).some((text) => text.includes(character))).toBe(true)
  })

  it('shrinks to the character at fault', () => {
    expect(smallest(arbitraries.hostileText(), (text) => text.includes('\r'))).toBe('\r')
  })
})

describe('arbitraries.stream', () => {
  const isIllFormed = (bytes: Uint8Array): boolean => {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes) === undefined
    } catch {
      return true
    }
  }
  const startsWith = (prefix: number[]) => (bytes: Uint8Array) => prefix.every((byte, at) => bytes[at] === byte)

  it.each<[string, (bytes: Uint8Array) => boolean]>([
    ['nothing at all', (bytes) => bytes.length === 0],
    ['one byte order mark', startsWith([0xef, 0xbb, 0xbf])],
    ['two byte order marks', startsWith([0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf])],
    ['ill-formed UTF-8', isIllFormed],
    ['NUL', (bytes) => bytes.includes(0)],
  ])('makes streams with %s', (_, holds) => {
    expect(sample(arbitraries.stream()).some(holds)).toBe(true)
  })

  it('makes streams that say something: every third dispatches, every tenth more than one event, types and ids', () => {
    const streams = sample(arbitraries.stream()).map((bytes) => referenceParse(bytes))
    const share = (holds: (events: ServerSentEvent[]) => boolean): number =>
      streams.filter(holds).length / streams.length
    expect(share((events) => events.length > 0)).toBeGreaterThan(1 / 3)
    expect(share((events) => events.length > 1)).toBeGreaterThan(0.1)
    expect(share((events) => events.some(({ event }) => event !== 'message'))).toBeGreaterThan(0.1)
    expect(share((events) => events.some(({ id }) => id !== ''))).toBeGreaterThan(0.1)
  })

  it('shrinks to the line at fault', () => {
    const found = smallest(arbitraries.stream(), (bytes) => /id: ?a\r/.test(new TextDecoder().decode(bytes)))
    expect(new TextDecoder().decode(found)).toBe('id:a\r')
  })
})

describe('arbitraries.streamText', () => {
  it('makes texts with lone surrogates', () => {
    expect(sample(arbitraries.streamText()).some((text) => /\p{Surrogate}/u.test(text))).toBe(true)
  })
})

describe('arbitraries.chunking', () => {
  it('cuts text into what it was', () => {
    for (const chunks of sample(arbitraries.chunking('data: 😀\r\n\r\n')))
      expect(chunks.join('')).toBe('data: 😀\r\n\r\n')
  })

  it('cuts bytes into what they were, through code points too', () => {
    const bytes = new TextEncoder().encode('data: 😀\r\n\r\n')
    const all = sample(arbitraries.chunking(bytes))
    for (const chunks of all) expect(chunks.flatMap((chunk) => [...chunk])).toEqual([...bytes])
    expect(all.some((chunks) => chunks.some((chunk) => chunk.length === 0))).toBe(true)
    expect(all.some((chunks) => chunks[0]?.length === 8)).toBe(true)
  })

  it('cuts any source, and says where', () => {
    const bytes = Uint8Array.of(1, 2, 3)
    for (const cut of sample(arbitraries.chunking())) {
      expect(cut('data: x\n\n').join('')).toBe('data: x\n\n')
      expect(cut(bytes).flatMap((chunk) => [...chunk])).toEqual([1, 2, 3])
      expect(cut('')[0]).toBe('')
    }
    const [found] = sample(arbitraries.chunking()).filter((cut) => cut('abc').join() === 'a,bc')
    expect(fc.stringify(found)).toBe('cut at 1')
  })

  it('shrinks beside its source to a small stream and one cut', () => {
    const run = fc.check(
      fc.property(
        arbitraries.stream(),
        arbitraries.chunking(),
        (bytes, cut) => !cut(bytes).some((chunk, index, all) => chunk.at(-1) === 13 && all[index + 1]?.[0] === 10),
      ),
      { seed: 1, numRuns: 2000 },
    )
    const [bytes, cut] = run.counterexample!
    expect(bytes.length).toBeLessThan(30)
    expect(cut(bytes)).toHaveLength(2)
  })

  it('shrinks to one cut', () => {
    expect(smallest(arbitraries.chunking('a\r\nb'), (chunks) => chunks.some((chunk) => chunk.endsWith('\r')))).toEqual([
      'a\r',
      '\nb',
    ])
  })
})
