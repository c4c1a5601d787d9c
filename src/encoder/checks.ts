import { EncodeError } from '../errors/encode-error.js'
import { LINE_OR_NUL, LONE_SURROGATE, OUTER_SPACE } from '../wire/field-rules.js'
import type { EventMessage } from '../wire/types.js'

export function checkMessage(message: EventMessage): void {
  if (typeof message !== 'object' || message === null) {
    throw new EncodeError('ERR_ENCODE_TYPE', 'message', `A message is an object of fields, not ${nameOf(message)}.`)
  }
}

export function checkText(field: string, value: unknown): asserts value is string {
  if (typeof value === 'string') return
  const remedy = field === 'data' ? ' Turn it into text first, for example with JSON.stringify.' : ''
  throw new EncodeError('ERR_ENCODE_TYPE', field, `${field} must be a string, not ${nameOf(value)}.${remedy}`)
}

export function checkEventType(event: unknown, data: unknown): void {
  checkText('event', event)
  checkOneLine('event', event)
  if (data === undefined) {
    throw new EncodeError(
      'ERR_ENCODE_NO_DATA',
      'event',
      'event without data never dispatches. Add data (an empty string will do), or leave event out.',
    )
  }
}

export function checkId(id: unknown): void {
  if (typeof id === 'number') return checkInteger('id', id)
  checkText('id', id)
  checkOneLine('id', id)
  if (OUTER_SPACE.test(id)) {
    throw new EncodeError(
      'ERR_ENCODE_WHITESPACE',
      'id',
      'id begins or ends with white space, which does not survive the Last-Event-ID header. Trim it.',
    )
  }
}

export function checkRetry(retry: unknown): void {
  if (typeof retry !== 'number') {
    throw new EncodeError('ERR_ENCODE_TYPE', 'retry', `retry must be a number of milliseconds, not ${nameOf(retry)}.`)
  }
  checkInteger('retry', retry)
}

/** What `strict` adds: refuses what readers would get changed. */
export function checkCarried({ data, event, id }: EventMessage): void {
  if (typeof data === 'string' && data.indexOf('\r') !== -1) {
    throw new EncodeError('ERR_ENCODE_LOSSY', 'data', 'data has a CR, which arrives as LF. Replace it, or encode without strict.')
  }
  for (const [field, value] of Object.entries({ data, event, id })) {
    if (typeof value === 'string' && LONE_SURROGATE.test(value)) {
      throw new EncodeError(
        'ERR_ENCODE_LOSSY',
        field,
        `${field} has half a surrogate pair, which arrives as U+FFFD. Repair the text (toWellFormed), or encode without strict.`,
      )
    }
  }
}

function checkOneLine(field: string, value: string): void {
  if (!LINE_OR_NUL.test(value)) return
  throw new EncodeError(
    'ERR_ENCODE_CHARACTER',
    field,
    `${field} has a CR, LF or NUL, which would end the line or make readers ignore it. Take it out.`,
  )
}

function checkInteger(field: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return
  throw new EncodeError('ERR_ENCODE_RANGE', field, `${field} must be a safe integer that is not negative, not ${value}.`)
}

function nameOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`
}
