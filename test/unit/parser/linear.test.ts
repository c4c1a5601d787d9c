import { describe, expect, it } from 'vitest'
import { createParser } from '../../../src/parser/create-parser.js'
import type { ParserOptions } from '../../../src/parser/types.js'

type Method = (this: never, ...args: never[]) => unknown
type Cost = (self: { length: number }, args: unknown[], result: unknown) => number

const MiB = 1024 * 1024
const KiB = 1024

const lengthOf = (value: unknown): number => (value as { length: number }).length

/** Characters or bytes between where a search began and where it ended. */
const searched: Cost = (self, [needle, from = 0], found) =>
  (found === -1 ? self.length : Number(found) + (typeof needle === 'string' ? needle.length : 1)) - Number(from)
const searchedBack: Cost = (self, [, from = self.length - 1], found) => Number(from) - Number(found)
const whole: Cost = (self) => self.length
const given: Cost = (_self, [input]) => (input === undefined ? 0 : lengthOf(input))
const made: Cost = (_self, _args, result) => lengthOf(result)

/** All that reads or copies text in engines, with what one call costs in characters. */
const METERS: [object, Record<string, Cost>][] = [
  [
    String.prototype,
    {
      indexOf: searched,
      includes: whole,
      lastIndexOf: whole,
      slice: made,
      substring: made,
      charCodeAt: () => 1,
      startsWith: given,
      replace: whole,
      split: whole,
      search: whole,
      match: whole,
      trim: whole,
    },
  ],
  [Array.prototype, { join: made }],
  [RegExp.prototype, { exec: given, test: given }],
  [TextDecoder.prototype, { decode: given }],
  [
    Object.getPrototypeOf(Uint8Array.prototype) as object,
    { indexOf: searched, lastIndexOf: searchedBack, slice: made, set: given },
  ],
]

/** Characters and bytes that `act` reads or copies. */
function workOf(act: () => void): number {
  let work = 0
  const restore: (() => void)[] = []
  for (const [prototype, costs] of METERS) {
    for (const [name, cost] of Object.entries(costs)) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!
      const original = descriptor.value as Method
      restore.push(() => Object.defineProperty(prototype, name, descriptor))
      Object.defineProperty(prototype, name, {
        ...descriptor,
        value(this: { length: number }, ...args: never[]) {
          const result = Reflect.apply(original, this, args)
          work += cost(this, args, result)
          return result
        },
      })
    }
  }
  try {
    act()
  } finally {
    for (const undo of restore) undo()
  }
  return work
}

function chunksOf(stream: string, chunk: number): string[] {
  const size = Math.min(chunk, stream.length)
  return Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
    stream.slice(index * size, (index + 1) * size),
  )
}

interface Shape {
  name: string
  /** Characters of the smaller stream; the other has twice as many. */
  size: number
  chunk: number
  stream(size: number): string
  options?: ParserOptions
}

const onComment = (): void => {}

const SHAPES: Shape[] = [
  { name: 'a 4 MB line in 1 KB chunks', size: 2 * MiB, chunk: KiB, stream: (size) => `data: ${'x'.repeat(size)}\n\n` },
  {
    name: 'a 512 KB line in 256 B chunks',
    size: 512 * KiB,
    chunk: 256,
    stream: (size) => `data: ${'x'.repeat(size)}\n\n`,
  },
  { name: 'a 32 KB line in chunks of 1', size: 16 * KiB, chunk: 1, stream: (size) => `data: ${'x'.repeat(size)}\n\n` },
  {
    name: 'a lone CR, then lines that LF ends',
    size: 128 * KiB,
    chunk: Infinity,
    stream: (size) => `\r${'data: x\n\n'.repeat(size / 9)}`,
  },
  {
    name: 'a lone LF, then lines that CR ends',
    size: 128 * KiB,
    chunk: Infinity,
    stream: (size) => `\n${'data: x\r\r'.repeat(size / 9)}`,
  },
  {
    name: 'a lone CR at the end of lines that LF ends',
    size: 128 * KiB,
    chunk: 16 * KiB,
    stream: (size) => `${'data: x\n\n'.repeat(size / 9)}\r`,
  },
  { name: '1 MiB of "x\\n"', size: 512 * KiB, chunk: Infinity, stream: (size) => 'x\n'.repeat(size / 2) },
  { name: '"x\\n" in chunks', size: 128 * KiB, chunk: 16 * KiB, stream: (size) => 'x\n'.repeat(size / 2) },
  { name: 'a name without end', size: 128 * KiB, chunk: KiB, stream: (size) => 'x'.repeat(size) },
  { name: 'a comment without end', size: 128 * KiB, chunk: KiB, stream: (size) => `:${'x'.repeat(size)}` },
  {
    name: 'a long comment somebody listens to',
    size: 128 * KiB,
    chunk: 64,
    stream: (size) => `:${'x'.repeat(size)}\n`,
    options: { onComment },
  },
  {
    name: 'an event of very many lines',
    size: 128 * KiB,
    chunk: KiB,
    stream: (size) => `${'data: x\n'.repeat(size / 8)}\n`,
  },
  {
    name: 'an event of very many lines, in one chunk',
    size: 128 * KiB,
    chunk: Infinity,
    stream: (size) => `${'data: x\n'.repeat(size / 8)}\n`,
  },
  { name: 'blank lines', size: 128 * KiB, chunk: KiB, stream: (size) => '\n'.repeat(size) },
  { name: 'CR alone', size: 128 * KiB, chunk: KiB, stream: (size) => '\r'.repeat(size) },
  {
    name: 'CRLF in chunks cut between the two',
    size: 128 * KiB,
    chunk: 1025,
    stream: (size) => 'data: x\r\n\r\n'.repeat(size / 11),
  },
  { name: 'ids that come again', size: 128 * KiB, chunk: 16 * KiB, stream: (size) => 'id: 12345\n'.repeat(size / 10) },
]

/** Reads and copies for each character and for each chunk that is fed: a fixed price, whatever the size. */
const PER_CHARACTER = 12
const PER_CHUNK = 32

describe.each<[string, (chunk: string) => string | Uint8Array]>([
  ['text', (chunk) => chunk],
  ['bytes', (chunk) => new TextEncoder().encode(chunk)],
])('as %s', (_, form) => {
  it.each(SHAPES)('twice as much is twice the work: $name', ({ size, chunk, stream, options }) => {
    const measure = (units: number): { work: number; price: number } => {
      const chunks = chunksOf(stream(Math.floor(units)), chunk).map(form)
      const parser = createParser({ onEvent() {}, ...options })
      const work = workOf(() => {
        for (const piece of chunks) parser.feed(piece)
        parser.end()
      })
      return { work, price: units * PER_CHARACTER + chunks.length * PER_CHUNK }
    }
    const once = measure(size)
    const twice = measure(size * 2)
    expect(once.work).toBeGreaterThan(size / 2)
    expect(twice.work / once.work).toBeLessThan(2.2)
    expect(once.work).toBeLessThan(once.price)
  })
})
