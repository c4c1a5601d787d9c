import { describe, expect, it } from 'vitest'
import { createParser } from '../../../src/parser/create-parser.js'
import { TextPile, detach } from '../../../src/parser/unfinished.js'

describe('TextPile', () => {
  // Around the sizes at which pieces are joined.
  it.each([1, 2, 511, 512, 513, 1023, 1024, 1025, 5000])('joins %d pieces in order, as often as asked', (count) => {
    const [first, ...more] = Array.from({ length: count }, (_, index) => `${index}`)
    const pile = new TextPile(first, '\n')
    for (const piece of more) pile.push(piece)
    expect(pile.join()).toBe([first, ...more].join('\n'))
    expect(pile.join()).toBe([first, ...more].join('\n'))
  })

  it.each(['', '\n'])('joins short and long pieces in order, with %j between them', (separator) => {
    // Around the length from which a piece is a part of the rope.
    const lengths = [1, 255, 256, 257, 0, 1000, 3, 3, 256, 256, 0, 0, 4000]
    const pieces = Array.from({ length: 2000 }, (_, index) => `${index % 10}`.repeat(lengths[index % lengths.length]!))
    const pile = new TextPile(pieces[0], separator)
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) pile.push(piece)
      if (index % 500 === 0) expect(pile.join()).toBe(pieces.slice(0, index + 1).join(separator))
    }
    expect(pile.join()).toBe(pieces.join(separator))
  })

  it('goes on after a join', () => {
    const pile = new TextPile()
    expect(pile.join()).toBe('')
    pile.push('one')
    expect(pile.join()).toBe('one')
    pile.push('two')
    expect(pile.join()).toBe('onetwo')
  })

  it('tells two empty pieces from one', () => {
    const pile = new TextPile('', '\n')
    pile.push('')
    expect(pile.join()).toBe('\n')
  })
})

it.each([0, 1, 12, 13, 100, 400])('detach gives the same text, of %d characters', (length) => {
  const chunk = '😀é\uD800'.repeat(2_000)
  const text = chunk.slice(1, 1 + length)
  expect(detach(text, chunk.length)).toBe(text)
  expect(detach(text, length)).toBe(text)
})

it.each(['text', 'bytes'])('an event of thousands of lines, each in pieces of its own, arrives whole as %s', (form) => {
  const lines = Array.from({ length: 3_000 }, (_, index) => `line ${index}`)
  const stream = `${lines.map((line) => `data: ${line}\n`).join('')}\ndata: ${'x'.repeat(5_000)}\n\n`
  const seen: string[] = []
  const parser = createParser({ onEvent: ({ data }) => seen.push(data) })
  const source = form === 'text' ? stream : new TextEncoder().encode(stream)
  for (let at = 0; at < source.length; at += 2) parser.feed(source.slice(at, at + 2))
  expect(seen).toEqual([lines.join('\n'), 'x'.repeat(5_000)])
})
