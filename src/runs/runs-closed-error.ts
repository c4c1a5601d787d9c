import { BRAND } from '../errors.js'

/**
 * `start` was called after `close`. Nothing was started.
 *
 * @example
 * ```ts
 * import { createRuns } from 'eventwire/runs'
 *
 * const runs = createRuns()
 * await runs.close()
 * await runs.start('chat-1', []).catch((error: { code: string }) => error.code) // => 'ERR_RUNS_CLOSED'
 * ```
 */
export class RunsClosedError extends Error {
  /** Does not change between minor versions; `docs/errors.md` has a heading for it. */
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
