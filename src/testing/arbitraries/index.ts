/**
 * Arbitraries of fast-check for messages, hostile text, streams and the ways to cut them.
 *
 * @module
 */
import { chunking } from './chunking.js'
import { message } from './message.js'
import { stream, streamText } from './stream.js'
import { hostileText } from './text.js'

export type { Chunker } from './chunking.js'

/**
 * The arbitraries of the package, for use with fast-check 4: each call gives a new one.
 *
 * @example
 * ```ts
 * import { parse } from 'eventwire/parser'
 * import { referenceParse } from 'eventwire/testing'
 * import { arbitraries } from 'eventwire/testing/arbitraries'
 * import fc from 'fast-check'
 *
 * fc.assert(
 *   fc.property(
 *     arbitraries.stream(),
 *     (bytes) => JSON.stringify(parse(bytes)) === JSON.stringify(referenceParse(bytes)),
 *   ),
 * )
 * ```
 */
export const arbitraries: {
  readonly message: typeof message
  readonly hostileText: typeof hostileText
  readonly stream: typeof stream
  readonly streamText: typeof streamText
  readonly chunking: typeof chunking
} = { message, hostileText, stream, streamText, chunking }
