import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { isEventWireError } from '../../../src/errors.js'
import { ConnectError } from '../../../src/errors/connect-error.js'
import { EncodeError } from '../../../src/errors/encode-error.js'
import { LimitError } from '../../../src/errors/limit-error.js'
import { OptionError } from '../../../src/errors/option-error.js'

describe.each([
  { error: new EncodeError('id', 'must be a string'), name: 'EncodeError', base: TypeError, code: 'ERR_ENCODE_ID' },
  { error: new LimitError(10), name: 'LimitError', base: RangeError, code: 'ERR_EVENT_TOO_LARGE' },
  {
    error: new OptionError('backoff.min', 'takes milliseconds'),
    name: 'OptionError',
    base: TypeError,
    code: 'ERR_OPTION',
  },
  {
    error: new ConnectError('open-timeout', 'too late'),
    name: 'ConnectError',
    base: Error,
    code: 'ERR_CONNECT_OPEN_TIMEOUT',
  },
])('$name', ({ error, name, base, code }) => {
  it('builds on the platform’s own', () => {
    expect(error).toBeInstanceOf(base)
    expect(error.name).toBe(name)
    expect(String(error)).toBe(`${name}: ${error.message}`)
    expect(error.stack).toContain(error.message)
  })

  it('has a stable code and the brand', () => {
    expect(error.code).toBe(code)
    expect(isEventWireError(error)).toBe(true)
  })

  it('shows its details and nothing else to who logs it', () => {
    expect(Object.keys(error)).toContain('code')
    expect(JSON.stringify(error)).not.toContain('eventwire')
  })
})

describe('isEventWireError', () => {
  it('knows the errors of another copy of the package by their brand', () => {
    const foreign: unknown = runInNewContext(
      "Object.assign(new Error('x'), { code: 'ERR_X', [Symbol.for('eventwire.error')]: true })",
    )
    expect(foreign).not.toBeInstanceOf(Error)
    expect(isEventWireError(foreign)).toBe(true)
  })

  it.each([
    [new Error('x')],
    [new TypeError('x')],
    [{ code: 'ERR_ENCODE_ID' }],
    [null],
    [undefined],
    ['ERR_OPTION'],
    [5],
    [() => 1],
  ])('is false for %o', (value) => {
    expect(isEventWireError(value)).toBe(false)
  })
})
