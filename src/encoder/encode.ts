import { EncodeError } from '../errors/encode-error.js'
import { DEFAULT_EVENT_TYPE } from '../wire/constants.js'
import { LINE_ENDING } from '../wire/field-rules.js'
import type { EventMessage } from '../wire/types.js'
import { checkCarried, checkEventType, checkId, checkMessage, checkRetry, checkText } from './checks.js'
import { encodeComment } from './encode-comment.js'

export interface EncodeOptions {
  /**
   * Also refuse what would arrive changed: a CR in `data` (it arrives as LF), half a surrogate pair in
   * `data`, `event` or `id` (it arrives as U+FFFD). Default `false`.
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
  checkMessage(message)
  const { comment, event, id, retry, data } = message
  let block = ''

  if (comment !== undefined) block = encodeComment(comment)
  if (event !== undefined) {
    checkEventType(event, data)
    if (event !== '' && event !== DEFAULT_EVENT_TYPE) block += 'event: ' + event + '\n'
  }
  if (id !== undefined) {
    checkId(id)
    block += 'id: ' + id + '\n'
  }
  if (retry !== undefined) {
    checkRetry(retry)
    block += 'retry: ' + retry + '\n'
  }
  if (options?.strict) checkCarried(message)

  if (data === undefined) {
    if (block === '') {
      throw new EncodeError('ERR_ENCODE_EMPTY', 'message', 'The message has no field. Give it data, id, retry or comment.')
    }
    return id === undefined && retry === undefined ? block : block + '\n'
  }
  checkText('data', data)
  // Two searches cost less than one regular expression, and nearly all data is one line.
  if (data.indexOf('\n') === -1 && data.indexOf('\r') === -1) return block + 'data: ' + data + '\n\n'
  return block + 'data: ' + data.replace(LINE_ENDING, '\ndata: ') + '\n\n'
}
