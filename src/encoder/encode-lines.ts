import { EncodeError } from '../errors/encode-error.js'
import type { EncodeErrorField } from '../errors/encode-error.js'
import { LINE_ENDING } from '../wire/field-rules.js'

/** What stands before the value of a field. */
export type FieldStart = 'event: ' | 'id: ' | 'retry: ' | 'data: ' | ': ' | 'message: '

// Rules are worded in a few characters: they are a good part of what the encoder weighs. The page on
// errors says more under each code.
export function check(holds: unknown, start: FieldStart, rule: string): asserts holds {
  if (!holds) throw new EncodeError((start.slice(0, -2) || 'comment') as EncodeErrorField, rule)
}

/** One line of the field for each line of `value`, but for the end of the last. */
export function encodeLines(start: FieldStart, value: string): string {
  check(typeof value === 'string', start, 'must be a string')
  // Two searches cost less than one regular expression, and nearly every value is one line.
  return start + (value.indexOf('\n') < 0 && value.indexOf('\r') < 0 ? value : value.replace(LINE_ENDING, '\n' + start))
}
