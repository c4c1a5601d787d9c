import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createParser } from '../../../src/parser/create-parser.js'
import type { Parser } from '../../../src/parser/types.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const CHUNKS = 2_000
const CHUNK_SIZE = 64 * 1024
const VALUE = '0123456789abcdef.'

/** Bytes by which the heap may grow: what is kept is 34,000 characters, what was fed 125 MiB. */
const ALLOWED = 4 * 1024 * 1024

// Not `external`, where the chunks of this test live until some later collection.
function heapSize(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

/** A chunk of `CHUNK_SIZE` around a filler. A new one at each call, in memory of its own. */
function chunkOf(start: string, end: string): Buffer {
  return Buffer.concat([
    Buffer.from(start),
    Buffer.alloc(CHUNK_SIZE - start.length - end.length, 'x'),
    Buffer.from(end),
  ])
}

function growth(
  parser: Parser,
  chunk: () => Buffer,
  form: (chunk: Buffer) => string | Uint8Array,
  chunks = CHUNKS,
): number {
  const before = heapSize()
  for (let fed = 0; fed < chunks; fed++) parser.feed(form(chunk()))
  return heapSize() - before
}

describe.each<[string, (chunk: Buffer) => string | Uint8Array]>([
  ['text', (chunk) => chunk.toString('latin1')],
  ['bytes', (chunk) => chunk],
])('as %s', (_, form) => {
  // What is kept of each chunk, with a filler that means nothing around it.
  it.each([
    ['a data line at the start', () => chunkOf(`data: ${VALUE}\n:`, '\n')],
    ['a data line at the end', () => chunkOf(':', `\ndata: ${VALUE}\n`)],
    ['a data line behind the end of a line from the chunk before', () => chunkOf(`x\ndata: ${VALUE}\n:`, '')],
    [
      'a data line at the end, behind the end of a line from the chunk before',
      () => chunkOf('', `\ndata: ${VALUE}\n:`),
    ],
    ['half a data line at either end', () => chunkOf(`${VALUE.slice(8)}\n:`, `\ndata: ${VALUE.slice(0, 8)}`)],
    ['a long unknown name', () => chunkOf(`\ndata: ${VALUE}\n`, '')],
  ])('small slices of large chunks do not keep the chunks alive: %s', (__, chunk) => {
    let lines = 0
    const parser = createParser({
      onEvent: ({ data }) => void (lines = data.split('\n').filter((line) => line === VALUE).length),
    })
    expect(growth(parser, chunk, form)).toBeLessThan(ALLOWED)
    parser.feed('\n\n')
    expect(lines).toBeGreaterThanOrEqual(CHUNKS - 1)
  })

  it('the last event ID does not keep its chunk alive', () => {
    const parsers = Array.from({ length: 1_000 }, () => createParser())
    const before = heapSize()
    for (const [index, parser] of parsers.entries()) parser.feed(form(chunkOf(`id: ${VALUE}${index}\n\n:`, '\n')))
    expect(heapSize() - before).toBeLessThan(ALLOWED)
    expect(parsers.at(-1)?.lastEventId).toBe(`${VALUE}999`)
  })

  it('neither do a type and an id that wait for their blank line', () => {
    const parsers = Array.from({ length: 1_000 }, () => createParser())
    const before = heapSize()
    for (const parser of parsers) parser.feed(form(chunkOf(`id: ${VALUE}\nevent: ${VALUE}\n:`, '\n')))
    expect(heapSize() - before).toBeLessThan(ALLOWED)
    expect(parsers).toHaveLength(1_000)
  })

  it.each([
    ['a comment', ':'],
    ['an unknown field', 'foo: '],
    ['a name without end', ''],
  ])('%s that nobody listens to is not stored, however long', (__, start) => {
    const parser = createParser({ maxEventSize: 10 })
    parser.feed(start)
    expect(growth(parser, () => chunkOf('', ''), form, 400)).toBeLessThan(ALLOWED)
  })

  it('a parser that failed holds nothing', async () => {
    const parser = createParser({ maxEventSize: 8 * 1024 * 1024 })
    const before = heapSize()
    parser.feed(form(Buffer.from('data: ')))
    expect(() => {
      for (;;) parser.feed(form(chunkOf('', '')))
    }).toThrow(RangeError)
    // The engine may hold on to the frames that threw for a moment.
    await expect.poll(() => heapSize() - before).toBeLessThan(ALLOWED)
    expect(() => parser.feed('x')).toThrow(RangeError)
  })
})
