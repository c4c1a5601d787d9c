import { BRAND } from '../../errors.js'

/**
 * Thrown where a script is written, for one that makes no sense: two statuses, an event after the end,
 * a step that does not exist.
 *
 * @example
 * ```ts
 * import { scriptedResponse, ScriptError } from 'eventwire/testing'
 *
 * try {
 *   scriptedResponse([{ end: true }, { event: { data: 'late' } }])
 * } catch (error) {
 *   error instanceof ScriptError && [error.code, error.step] // => ['ERR_SCRIPT', 1]
 * }
 * ```
 */
export class ScriptError extends TypeError {
  /** Does not change between minor versions; `docs/errors.md` has a heading for it. */
  readonly code = 'ERR_SCRIPT' as const
  /** Where the step stands in what was passed: `"script[1][3]"`. */
  readonly path: string
  /** The index of the step in its list; `undefined` where no single step is at fault. */
  readonly step: number | undefined

  constructor({ path, step }: { path: string; step?: number }, message: string, cause?: unknown) {
    super(`${path}: ${message}`, cause === undefined ? undefined : { cause })
    this.path = path
    this.step = step
  }

  override get name(): 'ScriptError' {
    return 'ScriptError'
  }

  get [BRAND](): true {
    return true
  }
}
