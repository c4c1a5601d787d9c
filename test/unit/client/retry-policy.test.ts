import { describe, expect, it } from 'vitest'
import type { ReconnectMode } from '../../../src/client/types.js'
import { type Verdict, verdict } from '../../../src/client/verdict.js'
import { ConnectError, type ConnectErrorKind } from '../../../src/errors/connect-error.js'

const modes: ReconnectMode[] = ['auto', 'always', 'on-drop', 'never']
const words = { true: 'retry', false: 'fail', end: 'end' }
const row = (judge: (mode: ReconnectMode) => Verdict): string => modes.map((mode) => words[`${judge(mode)}`]).join(' ')
const failed = (kind: ConnectErrorKind): ConnectError => new ConnectError(kind, '')
const status = (code: number): ConnectError => new ConnectError('http', '', { response: { status: code } as Response })

describe('the verdict, in the modes auto, always, on-drop and never', () => {
  it.each([
    ['GET', 'retry retry end end'],
    ['HEAD', 'end retry end end'],
    ['QUERY', 'end retry end end'],
    ['POST', 'end retry end end'],
  ])('on a clean end of %s', (method, expected) => {
    expect(row((mode) => verdict(mode, method, undefined, true))).toBe(expected)
    expect(row((mode) => verdict(mode, method, undefined, false))).toBe(expected)
  })

  it.each(['network', 'open-timeout', 'idle'] as const)('on %s', (kind) => {
    for (const method of ['GET', 'HEAD', 'QUERY']) {
      expect(row((mode) => verdict(mode, method, failed(kind), false))).toBe('retry retry retry fail')
    }
    expect(row((mode) => verdict(mode, 'POST', failed(kind), false))).toBe('fail retry retry fail')
    expect(row((mode) => verdict(mode, 'POST', failed(kind), true))).toBe('retry retry retry fail')
  })

  it.each(['content-type', 'limit', 'decode', 'hook'] as const)('on %s', (kind) => {
    expect(row((mode) => verdict(mode, 'GET', failed(kind), true))).toBe('fail fail fail fail')
  })

  it('on each status', () => {
    const notActed = [408, 425, 429, 503]
    const temporary = [...notActed, 500, 502, 504]
    for (let code = 200; code < 600; code++) {
      const get = temporary.includes(code) ? 'retry retry retry fail' : 'fail fail fail fail'
      expect(
        row((mode) => verdict(mode, 'GET', status(code), false)),
        `GET ${code}`,
      ).toBe(get)
      expect(
        row((mode) => verdict(mode, 'POST', status(code), true)),
        `POST ${code}, resumed`,
      ).toBe(get)
      expect(verdict('auto', 'POST', status(code), false), `POST ${code}`).toBe(notActed.includes(code))
    }
  })
})
