import { expect, it } from 'vitest'
import { ASCII_DIGITS } from '../../../src/wire/field-rules.js'

it.each<[string, number | undefined]>([
  ['0', 0],
  ['1500', 1500],
  ['007', 7],
  ['99999999999', 99_999_999_999],
  ['', undefined],
  [' 5', undefined],
  ['5\n', undefined],
  ['-1', undefined],
  ['+1', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['0x10', undefined],
  ['٣', undefined],
  ['5\0', undefined],
])('reconnection time %j is %s', (value, ms) => {
  expect(ASCII_DIGITS.test(value) ? Number(value) : undefined).toBe(ms)
})
