import { OptionError } from '../errors/option-error.js'

/**
 * What one option may be. Gives what is wrong with `value` (`"must be a function"`), or nothing where it is right.
 * `option` is the whole name (`"backoff.jitter"`), for a rule that checks what is inside the value by itself.
 */
export type Rule = (value: unknown, option: string) => string | false | void

/**
 * The rules of all options there are, by name, nested as the options are. The rule under `*` is that of every other
 * name; without it, other names are refused.
 */
export interface Rules {
  readonly [name: string]: Rule | Rules
}

/**
 * Refuses options that do not exist or break their rule. One that is `undefined` counts as left out, and so does
 * `options` itself. Options that `options` inherits are checked too, since they are read all the same.
 *
 * @throws {OptionError} that names the option.
 */
export function checkOptions(options: unknown, rules: Rules, group = ''): void {
  if (options === undefined) return
  const isGroup = typeof options === 'object' && options && !Array.isArray(options)
  check(group || 'options', isGroup, 'must be an object')
  for (const name in { ...rules, ...options }) {
    const value = (options as Record<string, unknown>)[name]
    if (value === undefined) continue
    const option = group ? `${group}.${name}` : name
    const rule = Object.hasOwn(rules, name) ? rules[name] : rules['*']
    if (typeof rule === 'object') {
      checkOptions(value, rule, option)
    } else {
      const wrong = rule ? rule(value, option) : `does not exist. There is ${Object.keys(rules).join(', ')}`
      check(option, !wrong, wrong as string)
    }
  }
}

/**
 * For a rule that takes several options together.
 *
 * @throws {OptionError} for `option`, unless `isRight`.
 */
export function check(option: string, isRight: unknown, rule: string): asserts isRight {
  if (!isRight) throw new OptionError(option, rule)
}

/** A group of options: what is given of it, and the defaults for what is left out. */
export function withDefaults<T extends object>(defaults: T, given: Partial<T> | undefined): T {
  const group = { ...defaults }
  for (const name in defaults) group[name] = given?.[name] ?? defaults[name]
  return group
}
