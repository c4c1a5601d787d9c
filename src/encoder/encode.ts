import { DEFAULT_EVENT_TYPE } from '../wire/constants.js'
import { LINE_OR_NUL, LOSSY, OUTER_SPACE } from '../wire/field-rules.js'
import type { EventMessage } from '../wire/types.js'
import { encodeComment } from './encode-comment.js'
import { check, encodeLines } from './encode-lines.js'

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
  check(typeof message === 'object' && message, 'message', 'must be an object')
  const { comment, event, id, retry, data } = message
  let block = ''

  if (event !== undefined) {
    const line = encodeLines('event: ', 'event', event)
    check(!LINE_OR_NUL.test(event), 'event', 'remove CR, LF, NUL')
    check(data !== undefined, 'event', 'never dispatches without data')
    if (event && event !== DEFAULT_EVENT_TYPE) block = line
  }
  if (id !== undefined) {
    const isNumber = typeof id === 'number'
    block += encodeLines('id: ', 'id', isNumber ? `${id}` : id)
    if (isNumber) checkInteger('id', id)
    else check(!LINE_OR_NUL.test(id) && !OUTER_SPACE.test(id), 'id', 'remove CR, LF, NUL, outer white space')
  }
  if (retry !== undefined) {
    checkInteger('retry', retry)
    block += `retry: ${retry}\n`
  }
  if (data !== undefined) {
    block += encodeLines('data: ', 'data', data)
    check(!options?.strict || !LOSSY.test(data), 'data', 'replace CR, lone surrogates')
  }
  if (block) block += '\n'
  if (comment !== undefined) block = encodeComment(comment) + block
  check(block, 'message', 'needs a field')
  return block
}

function checkInteger(field: 'id' | 'retry', value: number): void {
  check(Number.isSafeInteger(value) && value >= 0, field, 'must be a safe integer >= 0')
}
