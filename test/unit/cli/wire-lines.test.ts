import { describe, expect, it } from 'vitest'
import { WireLines } from '../../../src/cli/page/wire-lines.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function shown(wire: WireLines): string[] {
  const { lines } = wire
  return Array.from({ length: lines.last - lines.first }, (_each, at) => {
    const { text, end } = lines.at(lines.first + at)!
    return text + end
  })
}

describe('WireLines', () => {
  it('shows what ended each line', () => {
    const wire = new WireLines()
    wire.feed(bytes('data: a\ndata: b\r\ndata: c\rdata: d\n\n'))
    expect(shown(wire)).toEqual(['data: a\\n', 'data: b\\r\\n', 'data: c\\r', 'data: d\\n', '\\n'])
  })

  it('takes a CRLF, and a character, that are split over two chunks', () => {
    const wire = new WireLines()
    const text = bytes('data: ü\r\nx\n')
    for (const byte of text) wire.feed(Uint8Array.of(byte))
    expect(shown(wire)).toEqual(['data: ü\\r\\n', 'x\\n'])
  })

  it('shows what a lost connection left behind, and starts afresh', () => {
    const wire = new WireLines()
    wire.feed(bytes('data: ha').subarray(0, 8))
    wire.cut('connection lost')
    wire.note('→ GET')
    wire.feed(bytes('data: whole\n'))
    expect(shown(wire)).toEqual(['data: ha ✂', 'connection lost', '→ GET', 'data: whole\\n'])
    expect([wire.lines.at(1)?.note, wire.lines.at(2)?.note, wire.lines.at(3)?.note]).toEqual([
      'lost',
      'asked',
      undefined,
    ])
  })

  it('holds a bounded part of an endless line', () => {
    const wire = new WireLines()
    for (let times = 0; times < 100; times++) wire.feed(bytes('x'.repeat(1000)))
    wire.feed(bytes('\n'))
    expect(shown(wire)[0]!.length).toBeLessThan(2100)
  })
})
