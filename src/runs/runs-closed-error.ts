import { BRAND } from '../errors.js'

/** `start` was called after `close`. Nothing was started. */
export class RunsClosedError extends Error {
  declare readonly code: 'ERR_RUNS_CLOSED'

  override get name(): 'RunsClosedError' {
    return 'RunsClosedError'
  }

  get [BRAND](): true {
    return true
  }

  constructor() {
    super('No run is started any more, because close() was called.')
    this.code = 'ERR_RUNS_CLOSED'
  }
}
