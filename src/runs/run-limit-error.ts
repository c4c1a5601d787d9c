import { BRAND } from '../errors.js'

/** `onError` is told it: a run held as many bytes as it may, and has failed. What came before is kept. */
export class RunLimitError extends RangeError {
  declare readonly code: 'ERR_RUN_TOO_LARGE'
  /** The limit that was passed, in bytes. */
  declare readonly limit: number

  override get name(): 'RunLimitError' {
    return 'RunLimitError'
  }

  get [BRAND](): true {
    return true
  }

  /** @param what The name of the limit. */
  constructor(what: string, limit: number) {
    super(`The run is larger than ${what} (${limit} bytes).`)
    this.code = 'ERR_RUN_TOO_LARGE'
    this.limit = limit
  }
}
