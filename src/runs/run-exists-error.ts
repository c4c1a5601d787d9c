import { BRAND } from '../errors.js'

/**
 * `start` was called with a key that is taken: its run goes on, or has ended and is kept. Nothing was started.
 *
 * @example
 * ```ts
 * import { createRuns, RunExistsError } from 'eventwire/runs'
 *
 * const runs = createRuns()
 * const answer = async function* () {
 *   yield { data: 'Hello' }
 * }
 * await runs.start('chat-1', answer)
 * try {
 *   await runs.start('chat-1', answer)
 * } catch (error) {
 *   error instanceof RunExistsError && [error.code, error.key] // => ['ERR_RUN_EXISTS', 'chat-1']
 * }
 * await runs.close()
 * ```
 */
export class RunExistsError extends Error {
  /** Does not change between minor versions; `docs/errors.md` has a heading for it. */
  declare readonly code: 'ERR_RUN_EXISTS'
  /** The key that is taken. */
  declare readonly key: string

  override get name(): 'RunExistsError' {
    return 'RunExistsError'
  }

  get [BRAND](): true {
    return true
  }

  constructor(key: string) {
    super(`The key ${JSON.stringify(key)} is taken. Let readers have its run with fetch(), or forget() it first.`)
    this.code = 'ERR_RUN_EXISTS'
    this.key = key
  }
}
