import { describe, expect, it } from 'vitest'
import { OptionError } from '../../../src/errors/option-error.js'
import { check, checkOptions, withDefaults } from '../../../src/options/check-options.js'
import type { Rules } from '../../../src/options/check-options.js'
import {
  anyOf,
  anything,
  isBoolean,
  isFunction,
  isLine,
  isName,
  isString,
  milliseconds,
  numberOf,
  oneOf,
  reconnectionTime,
  wholeNumberOf,
} from '../../../src/options/rules.js'

const RULES: Rules = {
  anything,
  count: wholeNumberOf('events', 1),
  group: { share: numberOf('', 0, 1), inner: { name: isName } },
  hook: anyOf(oneOf('throw', 'skip'), isFunction),
  line: isLine,
  map: { '*': isFunction },
  mode: oneOf('a', 'b'),
  on: isBoolean,
  retry: reconnectionTime,
  text: isString,
  wait: milliseconds,
}

describe('checkOptions', () => {
  it.each<[message: string, options: unknown]>([
    ['options: must be an object', null],
    ['options: must be an object', 'wait'],
    ['options: must be an object', 5],
    ['options: must be an object', () => {}],
    [
      'waits: does not exist. There is anything, count, group, hook, line, map, mode, on, retry, text, wait',
      { waits: 1 },
    ],
    ['toString: does not exist', { toString: 1 }],
    ['__proto__: does not exist', JSON.parse('{"__proto__":1}')],
    ['count: must be a whole number of events from 1 to Infinity', { count: 1.5 }],
    ['count: must be a whole number of events from 1 to Infinity', { count: 0 }],
    ['count: must be a whole number of events from 1 to Infinity', { count: '1' }],
    ['group: must be an object', { group: null }],
    ['group: must be an object', { group: 5 }],
    ['group.share: must be a number from 0 to 1', { group: { share: 2 } }],
    ['group.share: must be a number from 0 to 1', { group: { share: NaN } }],
    ['group.Share: does not exist. There is share, inner', { group: { Share: 1 } }],
    ['group.inner.name: must not be empty', { group: { inner: { name: '' } } }],
    ['group.inner.name: must be a string without CR, LF and NUL', { group: { inner: { name: 'a\nb' } } }],
    ['hook: must be one of throw, skip, or must be a function', { hook: 'Skip' }],
    ['line: must be a string without CR, LF and NUL', { line: '\0' }],
    ['map.toString: must be a function', { map: { toString: 1 } }],
    ['mode: must be one of a, b', { mode: 'c' }],
    ['on: must be a boolean', { on: 1 }],
    ['retry: must be a whole number of milliseconds from 0 to 2147483647', { retry: 2 ** 31 }],
    ['text: must be a string', { text: null }],
    ['wait: must be a number of milliseconds from 0 to 2147483647', { wait: -1 }],
    ['wait: must be a number of milliseconds from 0 to 2147483647', { wait: 5n }],
  ])('says "%s"', (message, options) => {
    const run = (): unknown => checkOptions(options, RULES)
    expect(run).toThrow(OptionError)
    expect(run).toThrow(message)
    expect(run).toThrow(expect.objectContaining({ option: message.slice(0, message.indexOf(':')), code: 'ERR_OPTION' }))
  })

  it.each([
    [undefined],
    [{}],
    [Object.create(null)],
    [{ anything: null, count: Infinity, group: { share: 0.5, inner: {} }, hook: 'skip', line: '', map: { a() {} } }],
    [{ hook() {}, mode: 'a', on: false, retry: 0, text: '\n', wait: 0.5 }],
  ])('takes %o', (options) => {
    checkOptions(options, RULES)
  })

  it('takes an option that is undefined for one that is left out, in groups too', () => {
    const nothing = (rules: Rules): object =>
      Object.fromEntries(Object.entries(rules).map(([name]) => [name, undefined]))
    checkOptions(nothing(RULES), RULES)
    checkOptions({ group: { share: undefined, inner: { name: undefined } } }, RULES)
  })

  it('checks what the options inherit, since that is read too', () => {
    class Options {
      get wait(): number {
        return -1
      }
    }
    checkOptions(new Options(), { wait: numberOf('', -1) })
    expect(() => checkOptions(Object.create({ text: 5 }), RULES)).toThrow('text: must be a string')
    expect(() => checkOptions(new Options(), RULES)).toThrow('wait: must be')
  })
})

it('check refuses one option', () => {
  check('a', 1, 'is wrong')
  expect(() => check('a.b', 0, 'is wrong')).toThrow(
    expect.objectContaining({ option: 'a.b', message: 'a.b: is wrong' }),
  )
})

describe('withDefaults', () => {
  const defaults = { min: 1, max: 2 }

  it('takes what is given, and the default for what is left out or undefined', () => {
    expect(withDefaults(defaults, undefined)).toEqual({ min: 1, max: 2 })
    expect(withDefaults(defaults, { min: 0, max: undefined as never })).toEqual({ min: 0, max: 2 })
  })

  it('changes neither', () => {
    withDefaults(Object.freeze(defaults), Object.freeze({ min: 5 }))
    expect(withDefaults(defaults, {})).not.toBe(defaults)
  })
})
