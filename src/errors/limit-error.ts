import { BRAND } from '../errors.js'

/**
 * Thrown by `feed` when one event, or one comment somebody listens to, grows past `maxEventSize`.
 *
 * Events before it were delivered; the parser takes nothing more until `reset()`.
 *
 * @example
 * ```ts
 * import { LimitError, parse } from 'eventwire/parser'
 *
 * try {
 *   parse('data: 12345\n\n', { maxEventSize: 4 })
 * } catch (error) {
 *   error instanceof LimitError && [error.code, error.limit] // => ['ERR_EVENT_TOO_LARGE', 4]
 * }
 * ```
 */
export class LimitError extends RangeError {
  /** Does not change between minor versions; `docs/errors.md` has a heading for it. */
  declare readonly code: 'ERR_EVENT_TOO_LARGE'
  /** The limit that was passed, in UTF-16 code units. */
  declare readonly limit: number

  override get name(): 'LimitError' {
    return 'LimitError'
  }

  get [BRAND](): true {
    return true
  }

  constructor(limit: number) {
    super(`The event is larger than maxEventSize (${limit}). Raise it, then reset()`)
    this.code = 'ERR_EVENT_TOO_LARGE'
    this.limit = limit
  }
}
