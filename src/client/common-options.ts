import { OptionError } from '../errors/option-error.js'
import { check, checkOptions, type Rules, withDefaults } from '../options/check-options.js'
import { anything, isFunction, isLine, isString, milliseconds, numberOf } from '../options/rules.js'
import type { HintRange } from './backoff.js'
import { checkBody } from './request.js'
import type { BackoffOptions } from './types.js'

const time = numberOf('milliseconds')

/** The rules of what both faces of the engine take. */
export const COMMON_RULES: Rules = {
  fetch: isFunction,
  method: isString,
  lastEventId: isLine,
  maxEventSize: numberOf('UTF-16 code units'),
  backoff: {
    min: milliseconds,
    max: time,
    factor: numberOf('', 1),
    jitter: numberOf('', 0, 1),
    attempts: numberOf('', 1),
    stableAfter: time,
  },
  '*': anything,
}

interface CommonOptions {
  method?: unknown
  headers?: unknown
  body?: unknown
  backoff?: BackoffOptions | undefined
}

/**
 * Checks what both faces of the engine take.
 *
 * @returns the backoff, with its defaults
 * @throws {OptionError} that names the option.
 */
export function checkCommon(
  options: CommonOptions,
  rules: Rules,
  defaults: Required<BackoffOptions>,
): Required<BackoffOptions> {
  checkOptions(options, rules)
  const { method = 'GET', headers, body, backoff } = options
  fault('headers', () => new Headers(typeof headers === 'function' ? undefined : (headers as HeadersInit)))
  // A function may give any other method when it is asked.
  const isBare = typeof method === 'string' && /^(GET|HEAD)$/i.test(method)
  check('body', (body ?? undefined) === undefined || !isBare, `does not go with ${method as string}`)
  checkBody(body)
  return range('backoff', defaults, backoff as Partial<Required<BackoffOptions>>)
}

/** A group with bounds: one that is given alone may lie beyond the default of the other. */
export function range<T extends HintRange>(group: string, defaults: T, given: Partial<T> = {}): T {
  const all = withDefaults(defaults, given)
  if (all.min > all.max) {
    check(`${group}.max`, given.min === undefined || given.max === undefined, 'must not be below min')
    if (given.max === undefined) all.max = all.min
    else all.min = all.max
  }
  return all
}

/** Whatever `make` throws is the fault of `option`. */
export function fault(option: string, make: () => unknown): void {
  try {
    make()
  } catch (error) {
    throw new OptionError(option, (error as Error).message)
  }
}
