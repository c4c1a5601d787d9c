import { brand } from '../errors.js'

/**
 * Thrown at once by whatever takes options, for an option that does not exist or makes no sense.
 * `option` is its name, with dots for nested ones (`"backoff.jitter"`).
 */
export class OptionError extends TypeError {
  readonly code: 'ERR_OPTION' = 'ERR_OPTION'
  readonly option: string

  constructor(option: string, message: string) {
    super(`${option}: ${message}`)
    this.name = 'OptionError'
    this.option = option
    brand(this)
  }
}
