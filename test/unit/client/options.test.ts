import { afterEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../../src/client/connect.js'
import { readOptions } from '../../../src/client/options.js'
import type { ConnectOptions } from '../../../src/client/types.js'
import { OptionError } from '../../../src/errors/option-error.js'

const url = 'https://example.com/'
const refuse = (options: unknown, at: string | URL = url): OptionError => {
  try {
    readOptions(at, options as ConnectOptions)
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError)
    expect(error).toBeInstanceOf(TypeError)
    return error as OptionError
  }
  throw new Error('was taken')
}

afterEach(() => vi.unstubAllGlobals())

describe('an option that makes no sense is refused at once, by its name', () => {
  const cases: [option: string, options: unknown][] = [
    ['fetch', { fetch: 'fetch' }],
    ['until', { until: '[DONE]' }],
    ['retryIf', { retryIf: true }],
    ['onOpen', { onOpen: 1 }],
    ['onComment', { onComment: {} }],
    ['onState', { onState: null }],
    ['onInvalid', { onInvalid: 'ignore' }],
    ['decode', { decode: 'json' }],
    ['decode', { decode: 5 }],
    ['decode.delta', { decode: { delta: {} } }],
    ['decode.delta', { decode: { delta: undefined } }],
    ['resume', { resume: 'query' }],
    ['resume', { resume: true }],
    ['resume', { resume: { query: '' } }],
    ['resume', { resume: { query: 1 } }],
    ['reconnect', { reconnect: 'sometimes' }],
    ['reconnect', { reconnect: true }],
    ['pause', { pause: 'hidden' }],
    ['pause', { pause: ['asleep'] }],
    ['signal', { signal: new AbortController() }],
    ['headers', { headers: { 'a b': 'c' } }],
    ['headers', { headers: { a: 'b\nc' } }],
    ['headers', { headers: { a: '✓' } }],
    ['body', { body: 'x' }],
    ['body', { method: 'HEAD', body: () => 'x' }],
    ['body', { method: 'POST', body: { a: 1 } }],
    ['body', { method: 'POST', reconnect: 'always', body: new ReadableStream() }],
    ['body', { method: 'POST', reconnect: 'on-drop', body: (async function* () {})() }],
    ['lastEventId', { lastEventId: 7 }],
    ['lastEventId', { lastEventId: 'a\nb' }],
    ['lastEventId', { lastEventId: 'a\0', resume: false }],
    ['lastEventId', { lastEventId: '\u0001' }],
    ['pause', { pause: null }],
    ['signal', { signal: 'abort' }],
    ['onInvalid', { onInvalid: null }],
    ['backoff', { backoff: 1000 }],
    ['backoff', { backoff: null }],
    ['backoff.min', { backoff: { min: -1 } }],
    ['backoff.min', { backoff: { min: '1' } }],
    ['backoff.min', { backoff: { min: 2 ** 31 } }],
    ['backoff.max', { backoff: { min: 10, max: 5 } }],
    ['backoff.factor', { backoff: { factor: 0.5 } }],
    ['backoff.jitter', { backoff: { jitter: 1.1 } }],
    ['backoff.jitter', { backoff: { jitter: NaN } }],
    ['backoff.attempts', { backoff: { attempts: 0 } }],
    ['backoff.stableAfter', { backoff: { stableAfter: -1 } }],
    ['backoff.delay', { backoff: { delay: 1 } }],
    ['retryHint', { retryHint: true }],
    ['retryHint.max', { retryHint: { min: 2, max: 1 } }],
    ['retryHint.min', { retryHint: { min: null } }],
    ['retryHint.most', { retryHint: { most: 1 } }],
    ['openTimeout', { openTimeout: -1 }],
    ['openTimeout', { openTimeout: Infinity }],
    ['idleTimeout', { idleTimeout: '45s' }],
    ['idleTimeout', { idleTimeout: 2 ** 31 }],
    ['maxEventSize', { maxEventSize: -1 }],
    ['maxEventSize', { maxEventSize: '1MB' }],
    ['keepAlive', { keepAlive: 'yes' }],
    ['mode', { mode: 'sideways' }],
    ['method', { method: 'TRACE' }],
    ['method', { method: 'A B' }],
    ['credentials', { credentials: true }],
  ]

  it.each(cases)('%s: %o', (option, options) => {
    const error = refuse(options)
    expect(error.option).toBe(option)
    expect(error.message.startsWith(`${option}: `)).toBe(true)
    expect(error.code).toBe('ERR_OPTION')
  })

  it.each(['', 'no url', '/relative', 'http://', 'http://user:pass@host/', 'ftp://host/', 'mailto:a@b'])(
    'url: %j',
    (at) => expect(refuse({}, at).option).toBe('url'),
  )

  it.each([[null], [5], ['GET'], [true], [() => {}], [[[]]], [[['method', 'POST']]]])(
    'options that are no object: %o',
    (options) => {
      expect(() => connect(url, options as never)).toThrow(OptionError)
    },
  )

  it.each([[5], [null], [{}], [['GET']]])('a method that is neither a string nor a function: %o', (method) => {
    const error = refuse({ method } as never)
    expect(error.option).toBe('method')
    expect(error.message).toContain('must be a string, or must be a function')
  })

  it('by connect() itself, before anything is sent', () => {
    const fetch = vi.fn()
    expect(() => connect('nowhere', { fetch })).toThrow(TypeError)
    expect(() => connect(url, { fetch, backoff: { min: -1 } })).toThrow(OptionError)
    expect(fetch).not.toHaveBeenCalled()
  })
})

describe('an option that makes sense is taken', () => {
  it('with its default', () => {
    expect(readOptions(url, {})).toMatchObject({
      lastEventId: '',
      backoff: { min: 1000, max: 30_000, factor: 2, jitter: 0.5, attempts: Infinity, stableAfter: 5000 },
      retryHint: { min: 10, max: 2 ** 31 - 1 },
      resume: 'header',
      mode: 'auto',
      method: 'GET',
    })
  })

  it.each([
    { backoff: { min: 0, attempts: 1, stableAfter: Infinity } },
    { maxEventSize: Infinity },
    { backoff: { max: Infinity }, retryHint: { max: Infinity } },
    { signal: null },
    { headers: new Headers() },
    { body: null },
    { method: 'post', body: new URLSearchParams() },
    { method: 'POST', body: new ReadableStream() },
    { method: 'QUERY', body: 'x' },
    { resume: { query: 'last' }, lastEventId: 'a\u0001b' },
    { onState: undefined },
  ] as ConnectOptions[])('%o', (options) => expect(() => readOptions(url, options)).not.toThrow())

  it('one bound alone may lie beyond the default of the other', () => {
    expect(readOptions(url, { backoff: { min: 60_000 } }).backoff).toMatchObject({ min: 60_000, max: 60_000 })
    expect(readOptions(url, { backoff: { max: 10 } }).backoff).toMatchObject({ min: 10, max: 10 })
    expect(readOptions(url, { retryHint: { max: 5 } }).retryHint).toEqual({ min: 5, max: 5 })
  })

  it('relative to the page or the worker', () => {
    vi.stubGlobal('location', { href: 'https://worker.example/a/b', protocol: 'https:' })
    expect(readOptions('c?d', {}).url).toBe('https://worker.example/a/c?d')
    vi.stubGlobal('document', { baseURI: 'https://page.example/base/' })
    expect(readOptions('c', {}).url).toBe('https://page.example/base/c')
  })

  it('with the scheme of the page, or with a fetch that may know it', () => {
    expect(readOptions('app://x/', { fetch }).url).toBe('app://x/')
    vi.stubGlobal('location', { href: 'capacitor://localhost/', protocol: 'capacitor:' })
    expect(readOptions('events', {}).url).toBe('capacitor://localhost/events')
  })

  it('hands all else to fetch, options of the host too', () => {
    const { init } = readOptions(url, { credentials: 'include', keepalive: true, dispatcher: 1 } as RequestInit)
    expect(init).toEqual({
      method: 'GET',
      cache: 'no-store',
      credentials: 'include',
      keepalive: true,
      dispatcher: 1,
    })
  })

  it('leaves the cache alone on hosts that refuse to hear of it', () => {
    vi.stubGlobal('Request', function (_: string, init: RequestInit) {
      if ('cache' in init) throw new TypeError("The 'cache' field is not implemented.")
    })
    expect(readOptions(url, {}).init).toEqual({ method: 'GET' })
    expect(refuse({ cache: 'reload' }).option).toBe('cache')
  })

  it('on hosts without Request', () => {
    vi.stubGlobal('Request', undefined)
    expect(readOptions(url, { integrity: 'x' }).init).toMatchObject({ integrity: 'x' })
  })
})
