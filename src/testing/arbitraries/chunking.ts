import fc from 'fast-check'

/**
 * Ways to cut `source` into chunks: anywhere, inside a code point and between CR and LF too, with empty
 * chunks among them. Put together again the chunks are `source`; byte chunks are views of it, not copies.
 *
 * Shrinks towards fewer cuts: the last case before none is `source` in one piece.
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { createParser } from 'eventwire/parser'
 * import { arbitraries } from 'eventwire/testing/arbitraries'
 *
 * fc.assert(
 *   fc.property(arbitraries.chunking('data: one\r\n\r\ndata: two\r\n\r\n'), (chunks) => {
 *     const seen: string[] = []
 *     const parser = createParser({ onEvent: (event) => seen.push(event.data) })
 *     for (const chunk of chunks) parser.feed(chunk)
 *     return seen.join() === 'one,two'
 *   }),
 * )
 * ```
 */
export function chunking(source: string): fc.Arbitrary<string[]>
export function chunking(source: Uint8Array): fc.Arbitrary<Uint8Array[]>
export function chunking(source: string | Uint8Array): fc.Arbitrary<(string | Uint8Array)[]> {
  const piece = (from: number, to: number): string | Uint8Array =>
    typeof source === 'string' ? source.slice(from, to) : source.subarray(from, to)

  return fc.array(fc.nat({ max: source.length }), { maxLength: 16 }).map((cuts) => {
    const edges = Uint32Array.of(0, ...cuts, source.length)
    edges.sort()
    return Array.from(edges.subarray(1), (edge, index) => piece(edges[index] ?? 0, edge))
  })
}
