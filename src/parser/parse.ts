import type { ServerSentEvent } from '../wire/types.js'
import { checkIsObject, createParser } from './create-parser.js'
import type { EndOptions, ParserOptions } from './types.js'

/**
 * Parses a whole stream at once. Like a reader at the end of a stream, it drops an unfinished block, unless
 * `unfinished: 'deliver'` says otherwise.
 *
 * Pure; may be called from anywhere. Takes the options of `createParser` and of its `end()`; `onEvent` too is called.
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
export function parse(source: string | Uint8Array, options: ParserOptions & EndOptions = {}): ServerSentEvent[] {
  checkIsObject(options)
  const events: ServerSentEvent[] = []
  const parser = createParser({
    ...options,
    onEvent(event) {
      events.push(event)
      options.onEvent?.(event)
    },
  })
  parser.feed(source)
  parser.end({ unfinished: options.unfinished })
  return events
}
