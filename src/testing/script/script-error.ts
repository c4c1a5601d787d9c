import { BRAND } from '../../errors.js'

/**
 * Thrown where a script is written, for one that makes no sense: two statuses, an event after the end,
 * a step that does not exist.
 *
 * `path` is where the step stands in what was passed (`"script[1][3]"`), `step` its index in its list.
 */
export class ScriptError extends TypeError {
  readonly code = 'ERR_SCRIPT' as const
  readonly path: string
  readonly step: number | undefined

  constructor(path: string, step: number | undefined, message: string, cause?: unknown) {
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
