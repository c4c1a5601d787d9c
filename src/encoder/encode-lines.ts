import { EncodeError } from '../errors/encode-error.js'
import type { EncodeErrorField } from '../errors/encode-error.js'
import { LINE_ENDING } from '../wire/field-rules.js'

// Rules are worded in a few characters: they are a good part of what the encoder weighs. The page on
// errors says more under each code.
export function check(holds: unknown, field: EncodeErrorField, rule: string): asserts holds {
  if (!holds) throw new EncodeError(field, rule)
}

/** One line of the field for each line of `value`; `start` is all that stands before the value. */
export function encodeLines(start: string, field: EncodeErrorField, value: string): string {
  check(typeof value === 'string', field, 'must be a string')
  // Two searches cost less than one regular expression, and nearly every value is one line.
  if (value.indexOf('\n') < 0 && value.indexOf('\r') < 0) return start + value + '\n'
  return start + value.replace(LINE_ENDING, '\n' + start) + '\n'
}
