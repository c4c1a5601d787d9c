import { OptionError } from '../errors/option-error.js'
import { MAX_DELAY } from '../wire/constants.js'

/** @throws {OptionError} for `option`, unless `isRight`. */
export function check(option: string, isRight: unknown, rule: string): void {
  if (!isRight) throw new OptionError(option, rule)
}

/** Whatever `make` throws is the fault of `option`. */
export function attempt<T>(option: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new OptionError(option, (error as Error).message)
  }
}

/** A group of numbers: what is given of it, and the defaults for the rest. Without a name it is no group. */
export function numbers<T extends object>(group: string, given: object, defaults: T): T {
  check(group, Object(given) === given, 'must be an object')
  const result = { ...defaults } as Record<string, number>
  for (const [key, value] of Object.entries(given)) {
    const name = group ? `${group}.${key}` : key
    check(name, key in defaults, 'does not exist')
    if (value === undefined) continue
    const low = /factor|attempts/.test(key) ? 1 : 0
    // Of a time that bounds others `Infinity` means as much as the longest delay.
    const high = key === 'jitter' ? 1 : /min|Timeout/.test(key) ? MAX_DELAY : Infinity
    check(name, typeof value === 'number' && value >= low && value <= high, `must be a number from ${low} to ${high}`)
    result[key] = value
  }
  const { min, max } = given as { min?: number; max?: number }
  check(`${group}.max`, !(min! > max!), 'must not be below min')
  // One that is given alone may lie beyond the default of the other.
  if (min !== undefined) result['max'] = Math.max(min, result['max']!)
  if (max !== undefined) result['min'] = Math.min(max, result['min']!)
  return result as T
}

/** What both faces of the engine ask of the parts of a request. */
export function checkRequest(method: string, headers: unknown, body: unknown, lastEventId: unknown): void {
  attempt('headers', () => new Headers(typeof headers === 'function' ? undefined : (headers as HeadersInit)))
  check('body', body == null || !/^(GET|HEAD)$/i.test(method), `does not go with ${method}`)
  const isLine = typeof lastEventId === 'string' && !/[\0\r\n]/.test(lastEventId)
  check('lastEventId', isLine, 'must be a string without CR, LF and NUL')
}
