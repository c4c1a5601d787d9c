import { MAX_DELAY } from '../wire/constants.js'
import { LINE_OR_NUL } from '../wire/field-rules.js'
import type { Rule } from './check-options.js'

/** `unit` is what is counted (`"bytes"`), or `""`. `Infinity` is a number where there is no `max`. */
export function numberOf(unit: string, min = 0, max = Infinity): Rule {
  return (value) =>
    !(typeof value === 'number' && value >= min && value <= max) &&
    `must be a number ${unit && `of ${unit} `}from ${min} to ${max}`
}

/** The same for what comes in wholes. */
export function wholeNumberOf(unit: string, min = 0, max = Infinity): Rule {
  const rule = numberOf(unit, min, max)
  return (value, option) => {
    const wrong = rule((value as number) % 1 > 0 ? NaN : value, option)
    return wrong && wrong.replace('number', 'whole number')
  }
}

export function oneOf(...values: string[]): Rule {
  return (value) => !values.includes(value as string) && `must be one of ${values.join(', ')}`
}

/** What follows one of the rules. */
export function anyOf(...rules: Rule[]): Rule {
  return (value, option) => {
    const wrongs = rules.map((rule) => rule(value, option))
    return wrongs.every(Boolean) && wrongs.join(', or ')
  }
}

function typeOf(type: 'function' | 'string' | 'boolean'): Rule {
  return (value) => typeof value !== type && `must be a ${type}`
}

export const isFunction: Rule = /* @__PURE__ */ typeOf('function')

export const isString: Rule = /* @__PURE__ */ typeOf('string')

export const isBoolean: Rule = /* @__PURE__ */ typeOf('boolean')

/** What goes into a field of the format, or into a header: no CR, LF or NUL. It may be empty. */
export const isLine: Rule = (value) =>
  (typeof value !== 'string' || LINE_OR_NUL.test(value)) && 'must be a string without CR, LF and NUL'

/** A name or a key: a line that is not empty. */
export const isName: Rule = (value, option) => (value === '' ? 'must not be empty' : isLine(value, option))

/** Checked elsewhere, or by somebody else. */
export const anything: Rule = () => false

/** For timers: more overflows. */
export const milliseconds: Rule = /* @__PURE__ */ numberOf('milliseconds', 0, MAX_DELAY)

/** What readers are told to wait (WHATWG HTML 9.2.6, the `retry` field). */
export const reconnectionTime: Rule = /* @__PURE__ */ wholeNumberOf('milliseconds', 0, MAX_DELAY)
