import { OptionError } from '../errors/option-error.js'
import { MAX_DELAY } from '../wire/constants.js'

/** What a number may be, where it is not a time in milliseconds. */
const BOUNDS: Record<string, [low: number, high: number]> = {
  factor: [1, Infinity],
  jitter: [0, 1],
  attempts: [1, Infinity],
  stableAfter: [0, Infinity],
  maxEventSize: [0, Infinity],
}

/** @throws {OptionError} for `option`, unless `isRight`. */
export function check(option: string, isRight: boolean, rule: string): void {
  if (!isRight) throw new OptionError(option, rule + '.')
}

/** Whatever `make` throws is the fault of `option`. */
export function attempt<T>(option: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new OptionError(option, (error as Error).message)
  }
}

/** Those that are given must be of the type. */
export function checkTypes(type: string, options: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(options)) {
    check(name, value === undefined || typeof value === type, `must be a ${type}`)
  }
}

export function checkOneOf(option: string, values: string[], value: unknown): void {
  check(option, values.includes(value as string), 'must be one of ' + values.join(', '))
}

/** A group of numbers: what is given of it, and the defaults for the rest. Without a name it is no group. */
export function numbers<T extends object>(group: string, given: object, defaults: T): T {
  check(group, typeof given === 'object', 'must be an object')
  const result = { ...defaults } as Record<string, number>
  for (const [key, value] of Object.entries(given)) {
    const name = (group && group + '.' + key) || key
    check(name, key in defaults, 'does not exist')
    if (value === undefined) continue
    const [low, high] = BOUNDS[key] ?? [0, MAX_DELAY]
    check(name, typeof value === 'number' && value >= low && value <= high, `must be a number from ${low} to ${high}`)
    result[key] = value
  }
  const { min, max } = given as { min?: number; max?: number }
  check(group + '.max', !(min! > max!), 'must not be below min')
  // One that is given alone may lie beyond the default of the other.
  if (min !== undefined) result['max'] = Math.max(min, result['max']!)
  if (max !== undefined) result['min'] = Math.min(max, result['min']!)
  return result as T
}
