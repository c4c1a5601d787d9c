import { DEFAULT_EVENT_TYPE } from '../wire/constants.js'
import { LINE_NUL_OR_OUTER_SPACE, LINE_OR_NUL, LOSSY } from '../wire/field-rules.js'
import type { EventMessage } from '../wire/types.js'
import { encodeComment } from './encode-comment.js'
import { check, encodeLines } from './encode-lines.js'

/** Options of `encode()` and `EventEncoderStream`. */
export interface EncodeOptions {
  /**
   * Also refuse data that would arrive changed: a CR (it arrives as LF), half a surrogate pair (it
   * arrives as U+FFFD). Default `false`.
   */
  strict?: boolean
}

/**
 * Writes one message in the event stream format (WHATWG HTML 9.2.5): fields in the order comment,
 * event, id, retry, data, each `name: value`, LF line endings, a blank line at the end of the block.
 * A comment alone has no blank line after it.
 *
 * Whatever the values hold, the text is one block: no value can start another field or another event.
 * `parse(encode(message))` gives back event, data and id of every message with data and without a CR.
 *
 * Pure: keeps nothing, may be called from anywhere.
 *
 * @throws {EncodeError} for what the format cannot carry; `error.field` names the field.
 *
 * @example
 * ```ts
 * import { encode } from 'eventwire/encoder'
 *
 * encode({ data: 'hello' }) // => 'data: hello\n\n'
 * encode({ event: 'tick', id: 7, data: 'a\nb' }) // => 'event: tick\nid: 7\ndata: a\ndata: b\n\n'
 * ```
 */
export function encode(message: EventMessage, options?: EncodeOptions): string {
  check(message && typeof message === 'object', 'message: ', 'must be an object')
  const { comment, event, id, retry, data } = message
  let block = ''

  if (event !== undefined) {
    const line = encodeLines('event: ', event)
    check(!LINE_OR_NUL.test(event), 'event: ', 'remove CR, LF, NUL')
    check(data !== undefined, 'event: ', 'needs data')
    if (event && event !== DEFAULT_EVENT_TYPE) block = line + '\n'
  }
  if (id !== undefined) {
    const value = typeof id === 'number' ? integer('id: ', id) : id
    block += encodeLines('id: ', value) + '\n'
    check(!LINE_NUL_OR_OUTER_SPACE.test(value), 'id: ', 'remove CR, LF, NUL, outer white space')
  }
  if (retry !== undefined) block += `retry: ${integer('retry: ', retry)}\n`
  if (data !== undefined) {
    // A block of one data line, the most frequent, is put together in as few steps as a template.
    block += encodeLines('data: ', data) + '\n\n'
    check(!options?.strict || !LOSSY.test(data), 'data: ', 'remove CR, lone surrogates')
  } else if (block) {
    block += '\n'
  }
  if (comment !== undefined) block = encodeComment(comment) + block
  check(block, 'message: ', 'needs a field')
  return block
}

function integer(start: 'id: ' | 'retry: ', value: number): string {
  check(Number.isSafeInteger(value) && value >= 0, start, 'must be a safe integer >= 0')
  return '' + value
}
