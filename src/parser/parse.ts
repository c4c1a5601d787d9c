import type { ServerSentEvent } from '../wire/types.js'
import { createParser } from './create-parser.js'
import type { ParserOptions } from './types.js'

/**
 * Parses a whole stream at once. Like a reader at the end of a stream, it drops an unfinished block.
 *
 * Pure; may be called from anywhere. Takes the options of `createParser`; `onEvent` too is called.
 *
 * @throws {LimitError} past `maxEventSize`; {OptionError} for an option that makes no sense.
 *
 * @example
 * ```ts
 * import { parse } from 'eventwire/parser'
 *
 * parse('data: a\n\nid: 7\nevent: tick\ndata: b\n\n')
 * // => [{ event: 'message', data: 'a', id: '' }, { event: 'tick', data: 'b', id: '7' }]
 * ```
 */
export function parse(source: string | Uint8Array, options: ParserOptions = {}): ServerSentEvent[] {
  const events: ServerSentEvent[] = []
  const parser = createParser({
    ...options,
    onEvent(event) {
      events.push(event)
      options.onEvent?.(event)
    },
  })
  parser.feed(source)
  parser.end()
  return events
}
