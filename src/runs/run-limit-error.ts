import { BRAND } from '../errors.js'

/**
 * `onError` is told it: a run held as many bytes as it may, and has failed. What came before is kept.
 *
 * @example
 * ```ts
 * import { createRuns, RunLimitError } from 'eventwire/runs'
 *
 * let limit: number | undefined
 * const runs = createRuns({
 *   maxBytes: 100,
 *   onError(error) {
 *     if (error instanceof RunLimitError) limit = error.limit
 *   },
 * })
 * const run = await runs.start('chat-1', [{ data: 'x'.repeat(200) }])
 * await run.closed // => 'failed'
 * limit // => 100
 * await runs.close()
 * ```
 */
export class RunLimitError extends RangeError {
  /** Does not change between minor versions; `docs/errors.md` has a heading for it. */
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
