import { brand } from '../errors.js'

export type EncodeErrorCode =
  | 'ERR_ENCODE_EMPTY'
  | 'ERR_ENCODE_TYPE'
  | 'ERR_ENCODE_CHARACTER'
  | 'ERR_ENCODE_WHITESPACE'
  | 'ERR_ENCODE_RANGE'
  | 'ERR_ENCODE_NO_DATA'
  | 'ERR_ENCODE_LOSSY'

/**
 * Thrown for a message that the format cannot carry. Nothing was written.
 *
 * `field` is the field at fault (`"data"`, `"event"`, `"id"`, `"retry"`, `"comment"`), or
 * `"message"` where the message as a whole is. `code` says which rule it broke.
 */
export class EncodeError extends TypeError {
  readonly code: EncodeErrorCode
  readonly field: string

  constructor(code: EncodeErrorCode, field: string, message: string) {
    super(message)
    this.name = 'EncodeError'
    this.code = code
    this.field = field
    brand(this)
  }
}
