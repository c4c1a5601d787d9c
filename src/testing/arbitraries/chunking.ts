import fc from 'fast-check'

/**
 * Cuts what it is given at the same places, as far as it reaches. Fast-check prints the places.
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { arbitraries } from 'eventwire/testing/arbitraries'
 *
 * const [cut] = fc.sample(arbitraries.chunking(), 1)
 * cut!('data: one\n\n').join('') // => 'data: one\n\n'
 * ```
 */
export type Chunker = <Source extends string | Uint8Array>(source: Source) => Source[]

const CUTS = { maxLength: 16 }

/**
 * Ways to cut a stream into chunks: anywhere, inside a code point and between CR and LF too, with empty
 * chunks among them. Put together again the chunks are the source; byte chunks are views of it, not copies.
 *
 * Without `source` it makes functions that cut any source, most of them near its start. Next to an arbitrary for the
 * source they shrink on their own, which gives smaller cases than `chain`. With `source` it makes the chunks.
 *
 * Shrinks towards fewer cuts: the last case before none is the source in one piece.
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { createParser, parse } from 'eventwire/parser'
 * import { arbitraries } from 'eventwire/testing/arbitraries'
 *
 * fc.assert(
 *   fc.property(arbitraries.stream(), arbitraries.chunking(), (bytes, cut) => {
 *     const seen: object[] = []
 *     const parser = createParser({ onEvent: (event) => seen.push(event) })
 *     for (const chunk of cut(bytes)) parser.feed(chunk)
 *     return JSON.stringify(seen) === JSON.stringify(parse(bytes))
 *   }),
 * )
 * ```
 */
export function chunking(): fc.Arbitrary<Chunker>
export function chunking(source: string): fc.Arbitrary<string[]>
export function chunking(source: Uint8Array): fc.Arbitrary<Uint8Array[]>
export function chunking(source?: string | Uint8Array): fc.Arbitrary<Chunker | (string | Uint8Array)[]> {
  if (source !== undefined) {
    return fc.array(fc.nat({ max: source.length }), CUTS).map((places) => cut(source, places))
  }
  // Streams may be short: most cuts should fall into them.
  const place = fc.oneof(...[16, 64, 256].map((max) => fc.nat({ max })))
  return fc.array(place, CUTS).map((places) => {
    const chunker: Chunker = (given) => cut(given, places)
    const sorted = Uint32Array.from(places)
    sorted.sort()
    return Object.assign(chunker, { [fc.toStringMethod]: () => `cut at ${sorted.join(', ')}` })
  })
}

function cut<Source extends string | Uint8Array>(source: Source, places: readonly number[]): Source[] {
  const edges = Uint32Array.of(0, ...places.map((place) => Math.min(place, source.length)), source.length)
  edges.sort()
  return Array.from(edges.subarray(1), (edge, index) => {
    const start = edges[index] ?? 0
    return (typeof source === 'string' ? source.slice(start, edge) : source.subarray(start, edge)) as Source
  })
}
