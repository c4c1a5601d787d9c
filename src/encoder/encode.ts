import { EncodeError } from '../errors/encode-error.js'
import type { EncodeErrorField } from '../errors/encode-error.js'
import { DEFAULT_EVENT_TYPE } from '../wire/constants.js'
import { LINE_ENDING, LINE_NUL_OR_OUTER_SPACE, LINE_OR_NUL, LOSSY } from '../wire/field-rules.js'
import type { EventMessage } from '../wire/types.js'

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
 * event, retry, data, id, each `name: value`, LF line endings, a blank line at the end of the block.
 * A comment alone has no blank line after it. The id stands last, because some readers take it as soon as its line
 * ends: cut off before the data, they would go on after an event that they never had.
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
 * encode({ event: 'tick', id: 7, data: 'a\nb' }) // => 'event: tick\ndata: a\ndata: b\nid: 7\n\n'
 * ```
 */
export function encode(message: EventMessage, options?: EncodeOptions): string {
  must(message && typeof message === 'object', 'message: ', 'must be an object')
  const { comment, event, id, retry, data } = message
  let block = ''

  if (event !== undefined) {
    const line = encodeLines('event: ', event)
    must(!LINE_OR_NUL.test(event), 'event: ', 'remove CR, LF, NUL')
    must(data !== undefined, 'event: ', 'needs data')
    if (event && event !== DEFAULT_EVENT_TYPE) block = line + '\n'
  }
  if (retry !== undefined) block += `retry: ${integer('retry: ', retry)}\n`
  if (data !== undefined) {
    // A block of one data line, the most frequent, is put together in as few steps as a template.
    block += encodeLines('data: ', data) + (id === undefined ? '\n\n' : '\n')
    must(!options?.strict || !LOSSY.test(data), 'data: ', 'remove CR, lone surrogates')
  } else if (block && id === undefined) {
    block += '\n'
  }
  if (id !== undefined) {
    const value = typeof id === 'number' ? integer('id: ', id) : id
    block += encodeLines('id: ', value) + '\n\n'
    must(!LINE_NUL_OR_OUTER_SPACE.test(value), 'id: ', 'remove CR, LF, NUL, outer white space')
  }
  if (comment !== undefined) block = encodeComment(comment) + block
  must(block, 'message: ', 'needs a field')
  return block
}

function integer(start: 'id: ' | 'retry: ', value: number): string {
  must(Number.isSafeInteger(value) && value >= 0, start, 'must be a safe integer >= 0')
  return '' + value
}

/**
 * Writes a comment: one `: ` line for each line of `text`, no blank line after it (WHATWG HTML 9.2.5).
 * Readers dispatch nothing for it, which makes it the keep-alive of the format.
 *
 * Pure: keeps nothing, may be called from anywhere.
 *
 * @throws {EncodeError} where `text` is not a string.
 *
 * @example
 * ```ts
 * import { encodeComment } from 'eventwire/encoder'
 *
 * encodeComment('still here') // => ': still here\n'
 * ```
 */
export function encodeComment(text: string): string {
  return encodeLines(': ', text) + '\n'
}

/** What stands before the value of a field. */
type FieldStart = 'event: ' | 'id: ' | 'retry: ' | 'data: ' | ': ' | 'message: '

/** One line of the field for each line of `value`, but for the end of the last. */
function encodeLines(start: FieldStart, value: string): string {
  must(typeof value === 'string', start, 'must be a string')
  // Two searches cost less than one regular expression, and nearly every value is one line.
  return start + (value.indexOf('\n') < 0 && value.indexOf('\r') < 0 ? value : value.replace(LINE_ENDING, '\n' + start))
}

// Rules are worded in a few characters: they are a good part of what the encoder weighs. The page on
// errors says more under each code.
function must(holds: unknown, start: FieldStart, rule: string): asserts holds {
  if (!holds) throw new EncodeError((start.slice(0, -2) || 'comment') as EncodeErrorField, rule)
}
