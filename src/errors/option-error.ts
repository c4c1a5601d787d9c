import { BRAND } from '../errors.js'

/**
 * Thrown at once by whatever takes options, for an option that does not exist or makes no sense.
 * `option` is its name, with dots for nested ones (`"backoff.jitter"`).
 *
 * @example
 * ```ts
 * import { connect, OptionError } from 'eventwire/client'
 *
 * try {
 *   connect('http://localhost/', { backoff: { jitter: 2 } })
 * } catch (error) {
 *   error instanceof OptionError && [error.code, error.option] // => ['ERR_OPTION', 'backoff.jitter']
 * }
 * ```
 */
export class OptionError extends TypeError {
  /** Does not change between minor versions; `docs/errors.md` has a heading for it. */
  declare readonly code: 'ERR_OPTION'
  /** The name of the option, with dots for nested ones: `"backoff.jitter"`. */
  declare readonly option: string

  override get name(): 'OptionError' {
    return 'OptionError'
  }

  get [BRAND](): true {
    return true
  }

  constructor(option: string, message: string) {
    super(`${option}: ${message}`)
    this.code = 'ERR_OPTION'
    this.option = option
  }
}
