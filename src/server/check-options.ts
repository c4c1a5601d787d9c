import { OptionError } from '../errors/option-error.js'
import { MAX_DELAY } from '../wire/constants.js'

/** What one option may be: says what is wrong with a value, `false` where nothing is. */
export type Rule = (value: unknown) => string | false

/** The rules of all options there are, by name; nested as the options are. */
export interface Rules {
  readonly [name: string]: Rule | Rules
}

/**
 * Refuses options that do not exist or break their rule. One that is `undefined` counts as left out.
 *
 * @throws {OptionError}
 */
export function checkOptions(options: unknown, rules: Rules, path = ''): void {
  if (options === undefined) return
  if (typeof options !== 'object' || !options) {
    throw new OptionError(path.slice(0, -1) || 'options', 'must be an object.')
  }
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) && rules[name]
    if (typeof rule === 'object') {
      checkOptions(value, rule, `${path}${name}.`)
      continue
    }
    const wrong = rule
      ? value !== undefined && rule(value)
      : `does not exist. There is ${Object.keys(rules).join(', ')}.`
    if (wrong) throw new OptionError(path + name, wrong)
  }
}

/** A number, `isWhole` or not. `Infinity` is one where there is no `max`. */
export function numberOf(unit: string, min = 0, max = Infinity, isWhole = false): Rule {
  return (value) =>
    !(typeof value === 'number' && value >= min && value <= max && !(isWhole && value % 1)) &&
    `must be a ${isWhole ? 'whole ' : ''}number of ${unit} from ${min} to ${max}.`
}

export function oneOf(...values: string[]): Rule {
  return (value) => !values.includes(value as string) && `must be one of ${values.join(', ')}.`
}

export function typeOf(type: 'function' | 'string' | 'boolean'): Rule {
  return (value) => typeof value !== type && `must be a ${type}.`
}

export const isFunction: Rule = /* @__PURE__ */ typeOf('function')

/** For timers: more overflows. */
export const milliseconds: Rule = /* @__PURE__ */ numberOf('milliseconds', 0, MAX_DELAY)

/** What readers are told to wait. */
export const reconnectionTime: Rule = /* @__PURE__ */ numberOf('milliseconds', 0, MAX_DELAY, true)

/** `slow` of a stream and of a channel. */
export const SLOW_RULES: Rules = {
  maxBytes: /* @__PURE__ */ numberOf('bytes', 1),
  stall: /* @__PURE__ */ numberOf('milliseconds', 1),
}
