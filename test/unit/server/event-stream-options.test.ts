import { describe, expect, it } from 'vitest'
import { OptionError } from '../../../src/errors/option-error.js'
import { resolveOptions } from '../../../src/server/event-stream-options.js'
import type { EventStreamOptions } from '../../../src/server/event-stream-options.js'

describe('options', () => {
  it.each<[option: string, options: unknown]>([
    ['options', null],
    ['options', 'heartbeat'],
    ['heartBeat', { heartBeat: 1 }],
    ['toString', { toString: 1 }],
    ['status', { status: 99 }],
    ['status', { status: 101 }],
    ['status', { status: 204 }],
    ['status', { status: 304 }],
    ['status', { status: 600 }],
    ['status', { status: 200.5 }],
    ['status', { status: '200' }],
    ['headers', { headers: { 'a b': 'c' } }],
    ['headers', { headers: { a: 'b\r\nc: d' } }],
    ['headers', { headers: 5 }],
    ['headers.content-type', { headers: { 'Content-Type': 'application/json' } }],
    ['headers.content-length', { headers: { 'Content-Length': '5' } }],
    ['retry', { retry: -1 }],
    ['retry', { retry: 1.5 }],
    ['retry', { retry: 2 ** 31 }],
    ['retry', { retry: '5\ndata: x' }],
    ['heartbeat', { heartbeat: -1 }],
    ['heartbeat', { heartbeat: NaN }],
    ['heartbeat', { heartbeat: 2 ** 31 }],
    ['heartbeat', { heartbeat: '15s' }],
    ['padding', { padding: -1 }],
    ['padding', { padding: Infinity }],
    ['padding', { padding: 1.5 }],
    ['accept', { accept: 'reject' }],
    ['slow', { slow: null }],
    ['slow', { slow: 5 }],
    ['slow.maxbytes', { slow: { maxbytes: 5 } }],
    ['slow.maxBytes', { slow: { maxBytes: 0 } }],
    ['slow.maxBytes', { slow: { maxBytes: -5 } }],
    ['slow.stall', { slow: { stall: 0 } }],
    ['slow.stall', { slow: { stall: NaN } }],
    ['onError', { onError: 'log' }],
  ])('%s is refused in %j', (option, options) => {
    const resolve = (): unknown => resolveOptions(options as EventStreamOptions)
    expect(resolve).toThrow(OptionError)
    expect(resolve).toThrow(expect.objectContaining({ option, code: 'ERR_OPTION' }))
  })

  it('names the options there are', () => {
    expect(() => resolveOptions({ slow: { size: 1 } } as EventStreamOptions)).toThrow(
      'slow.size: does not exist. There is maxBytes, stall',
    )
  })

  it('have defaults', () => {
    expect(resolveOptions({})).toMatchObject({
      status: 200,
      retry: undefined,
      heartbeat: 15_000,
      padding: 0,
      maxBytes: 1_048_576,
      stall: 30_000,
    })
  })

  it('that are undefined count as left out', () => {
    const left = {
      status: undefined,
      heartbeat: undefined,
      slow: { stall: undefined },
      headers: undefined,
      onError: undefined,
    }
    const { report: _, ...settings } = resolveOptions(left)
    expect(resolveOptions({})).toMatchObject(settings)
  })

  it('may lift limits', () => {
    expect(resolveOptions({ slow: { maxBytes: Infinity, stall: Infinity }, heartbeat: 0 })).toMatchObject({
      maxBytes: Infinity,
      stall: Infinity,
      heartbeat: 0,
    })
  })
})
