import { chunking } from './chunking.js'
import { message } from './message.js'
import { stream, streamText } from './stream.js'
import { hostileText } from './text.js'

export type { Chunker } from './chunking.js'

/** The arbitraries of the package, for use with fast-check 4: each call gives a new one. */
export const arbitraries: {
  readonly message: typeof message
  readonly hostileText: typeof hostileText
  readonly stream: typeof stream
  readonly streamText: typeof streamText
  readonly chunking: typeof chunking
} = { message, hostileText, stream, streamText, chunking }
