import { describe, expect, it } from 'vitest'
import { type Outcome, retryPolicy } from '../../../src/client/retry-policy.js'
import type { ReconnectMode } from '../../../src/client/types.js'
import { ConnectError, type ConnectErrorDetails, type ConnectErrorKind } from '../../../src/errors/connect-error.js'

const modes: ReconnectMode[] = ['auto', 'always', 'on-drop', 'never']
const words = { true: 'retry', false: 'fail', end: 'end' }
const failed = (kind: ConnectErrorKind, details?: ConnectErrorDetails): ConnectError =>
  new ConnectError(kind, '', details)
const status = (code: number, retryAfter?: number): ConnectError =>
  failed('http', { response: { status: code } as Response, retryAfter })

/** What follows in each mode, for a method that the options and the request share unless said otherwise. */
function row(method: string, error: ConnectError | undefined, more: Partial<Outcome> = {}): string {
  const outcome = { method, usedMethod: method, error, isResumable: false, ...more }
  return modes.map((mode) => words[`${retryPolicy({ ...outcome, mode })}`]).join(' ')
}

describe('what follows an attempt, in the modes auto, always, on-drop and never', () => {
  it.each([
    ['GET', 'retry retry end end'],
    ['HEAD', 'end retry end end'],
    ['QUERY', 'end retry end end'],
    ['POST', 'end retry end end'],
  ])('on a clean end of %s', (method, expected) => {
    expect(row(method, undefined)).toBe(expected)
    expect(row(method, undefined, { isResumable: true })).toBe(expected)
    // The method of a resume changes nothing about a clean end.
    expect(row(method, undefined, { usedMethod: 'GET' })).toBe(expected)
    expect(row(method, undefined, { usedMethod: 'POST' })).toBe(expected)
  })

  it.each(['network', 'open-timeout', 'idle', 'incomplete'] as const)('on %s', (kind) => {
    for (const method of ['GET', 'HEAD', 'QUERY']) expect(row(method, failed(kind))).toBe('retry retry retry fail')
    expect(row('POST', failed(kind))).toBe('fail retry retry fail')
    expect(row('POST', failed(kind), { isResumable: true })).toBe('retry retry retry fail')
    expect(row('POST', failed(kind), { usedMethod: 'GET' })).toBe('retry retry retry fail')
    expect(row('GET', failed(kind), { usedMethod: 'POST' })).toBe('fail retry retry fail')
  })

  it.each(['content-type', 'limit', 'decode', 'hook'] as const)('on %s', (kind) => {
    expect(row('GET', failed(kind), { isResumable: true })).toBe('fail fail fail fail')
  })

  it('on 204: the end, whatever the mode; before the last event it is incomplete', () => {
    expect(row('GET', status(204))).toBe('end end end end')
    expect(row('GET', failed('incomplete', { response: { status: 204 } as Response }))).toBe('fail fail fail fail')
  })

  it('on each other status', () => {
    const notActed = [408, 425, 429]
    const saysWhen = [503, 529]
    const temporary = [...notActed, ...saysWhen, 500, 502, 504, 520, 521, 522, 523, 524, 525, 530]
    for (let code = 205; code < 600; code++) {
      const asGet = temporary.includes(code) ? 'retry retry retry fail' : 'fail fail fail fail'
      expect(row('GET', status(code)), `GET ${code}`).toBe(asGet)
      expect(row('POST', status(code), { isResumable: true }), `POST ${code}, resumed`).toBe(asGet)
      expect(row('POST', status(code)).split(' ')[0], `POST ${code}`).toBe(notActed.includes(code) ? 'retry' : 'fail')
      const dated = [...notActed, ...saysWhen].includes(code) ? 'retry' : 'fail'
      expect(row('POST', status(code, 1000)).split(' ')[0], `POST ${code} with Retry-After`).toBe(dated)
    }
  })
})
