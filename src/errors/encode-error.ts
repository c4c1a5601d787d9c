import { BRAND } from '../errors.js'

/** The field at fault, or `"message"` where the message as a whole is. */
export type EncodeErrorField = 'message' | 'comment' | 'event' | 'id' | 'retry' | 'data'

/**
 * Thrown for a message that the format cannot carry. Nothing was written. The message says which rule it
 * broke; there is one `code` for each field.
 *
 * @example
 * ```ts
 * import { encode, EncodeError } from 'eventwire/encoder'
 *
 * try {
 *   encode({ event: 'a\nb', data: '' })
 * } catch (error) {
 *   error instanceof EncodeError && [error.code, error.field] // => ['ERR_ENCODE_EVENT', 'event']
 * }
 * ```
 */
export class EncodeError extends TypeError {
  /** One for each field; `docs/errors.md` has a heading for each. */
  declare readonly code: `ERR_ENCODE_${Uppercase<EncodeErrorField>}`
  /** The field at fault; `"message"` where the message as a whole is. */
  declare readonly field: EncodeErrorField

  constructor(field: EncodeErrorField, rule: string) {
    super(`${field}: ${rule}`)
    this.code = `ERR_ENCODE_${field.toUpperCase() as Uppercase<EncodeErrorField>}`
    this.field = field
  }

  override get name(): 'EncodeError' {
    return 'EncodeError'
  }

  get [BRAND](): true {
    return true
  }
}
