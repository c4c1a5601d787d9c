import { BRAND } from '../errors.js'

/**
 * Thrown by `feed` when one event, or one comment somebody listens to, grows past `maxEventSize`.
 *
 * Events before it were delivered; the parser takes nothing more until `reset()`.
 */
export class LimitError extends RangeError {
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
    super(
      `An event of the stream is larger than maxEventSize (${limit} UTF-16 code units). ` +
        'Raise maxEventSize if the sender is trusted, and call reset() before feeding again.',
    )
    this.code = 'ERR_EVENT_TOO_LARGE'
    this.limit = limit
  }
}
