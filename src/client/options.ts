import { OptionError } from '../errors/option-error.js'
import { MAX_DELAY } from '../wire/constants.js'
import { baseUrl } from './base-url.js'
import type { EngineOptions } from './engine-types.js'
import { lastEventIdHeader } from './last-event-id.js'
import { isStream, type RequestSource } from './request.js'
import type { ConnectOptions, ReconnectMode } from './types.js'

/** The options of `connect()`, checked, with their defaults. */
export interface ConnectSettings {
  engine: EngineOptions
  request: RequestSource
  mode: ReconnectMode
  method: string
}

/** What a number may be, where it is not a time in milliseconds. */
const BOUNDS: Record<string, [low: number, high: number]> = {
  factor: [1, Infinity],
  jitter: [0, 1],
  attempts: [1, Infinity],
  stableAfter: [0, Infinity],
}

/** @throws {OptionError} that names the option. */
export function readOptions<M>(url: string | URL, options: ConnectOptions<M>): ConnectSettings {
  const {
    headers,
    body,
    fetch,
    decode = {},
    onInvalid = 'throw',
    until,
    lastEventId = '',
    resume = 'header',
    reconnect = 'auto',
    backoff = {},
    retryHint = {},
    retryIf,
    openTimeout,
    idleTimeout,
    pause = [],
    maxEventSize,
    keepAlive = true,
    onOpen,
    onComment,
    onState,
    signal,
    ...init
  } = options
  const href = absolute(url, !!fetch)
  const method = (init.method ??= 'GET').toUpperCase()
  const once = isStream(body)

  for (const [name, value] of Object.entries({ fetch, until, retryIf, onOpen, onComment, onState })) {
    check(name, value === undefined || isFunction(value), 'must be a function')
  }
  check('decode', typeof decode === 'object', 'must be an object')
  for (const [name, value] of Object.entries(decode)) {
    check('decode.' + name, isFunction(value) || '~standard' in Object(value), 'must be a schema or a function')
  }
  check(
    'onInvalid',
    isFunction(onInvalid) || isOneOf(['throw', 'skip'], onInvalid),
    "must be 'throw', 'skip' or a function",
  )
  checkOneOf('reconnect', ['auto', 'always', 'on-drop', 'never'], reconnect)
  check('pause', Array.isArray(pause), 'must be a list')
  for (const reason of pause) checkOneOf('pause', ['hidden', 'offline'], reason)
  check('keepAlive', typeof keepAlive === 'boolean', 'must be true or false')
  check('signal', !signal || 'aborted' in signal, 'must be an AbortSignal')
  check('maxEventSize', maxEventSize === undefined || maxEventSize >= 0, 'must be a number, not negative')

  check(
    'resume',
    !resume || resume === 'header' || (isText(resume.query) && resume.query !== ''),
    "must be 'header', { query: NAME } or false",
  )
  check('lastEventId', isText(lastEventId) && !/[\0\r\n]/.test(lastEventId), 'must be a string without CR, LF and NUL')
  check(
    'lastEventId',
    resume !== 'header' || isText(lastEventIdHeader(lastEventId)),
    'has a control character, which no header can carry. Use resume: { query: NAME }',
  )

  check('body', body == null || !isOneOf(['GET', 'HEAD'], method), `does not go with ${method}. Set method: 'POST'`)
  check('body', !isOneOf([Object, Array], body?.constructor), 'must be what fetch takes. Use JSON.stringify')
  check(
    'body',
    !once || isOneOf(['auto', 'never'], reconnect),
    'is a stream, which can be sent once. Use a function that makes one',
  )
  attempt('headers', () => new Headers(isFunction(headers) ? undefined : headers))

  return {
    engine: {
      lastEventId,
      maxEventSize,
      backoff: numbers('backoff', backoff, {
        min: 1000,
        max: 30_000,
        factor: 2,
        jitter: 0.5,
        attempts: Infinity,
        stableAfter: 5000,
      }),
      retryHint: retryHint && numbers('retryHint', retryHint, { min: 50, max: MAX_DELAY }),
      ...numbers('', { openTimeout, idleTimeout }, { openTimeout: 0, idleTimeout: 0 }),
      keepAlive,
      pause,
      signal,
    },
    request: { url: href, headers, body, resume, init: forFetch(href, init) },
    mode: once ? 'never' : reconnect,
    method,
  }
}

export function check(option: string, isRight: boolean, rule: string): void {
  if (!isRight) throw new OptionError(option, rule + '.')
}

function checkOneOf(option: string, values: string[], value: unknown): void {
  check(option, isOneOf(values, value), 'must be one of ' + values.join(', '))
}

function isOneOf(values: unknown[], value: unknown): boolean {
  return values.includes(value)
}

function isFunction(value: unknown): value is (...args: never[]) => unknown {
  return typeof value === 'function'
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** Whatever goes wrong is the fault of `option`. */
export function attempt<T>(option: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new OptionError(option, (error as Error).message)
  }
}

/** A group of numbers: what is given of it, and the defaults for the rest. */
export function numbers<T extends object>(group: string, given: object, defaults: T): T {
  check(group, typeof given === 'object', 'must be an object')
  const result = { ...defaults } as Record<string, number>
  for (const [key, value] of Object.entries(given)) {
    const name = group ? `${group}.${key}` : key
    check(name, key in defaults, 'does not exist')
    if (value === undefined) continue
    const [low, high] = BOUNDS[key] ?? [0, MAX_DELAY]
    check(name, typeof value === 'number' && value >= low && value <= high, `must be a number from ${low} to ${high}`)
    result[key] = value
  }
  const { min, max } = given as { min?: number; max?: number }
  // One that is given alone may lie beyond the default of the other.
  if (min! > result['max']! && max === undefined) result['max'] = min!
  if (max! < result['min']! && min === undefined) result['min'] = max!
  check(group + '.max', !(result['max']! < result['min']!), 'must not be below min')
  return result as T
}

function absolute(given: string | URL, hasOwnFetch: boolean): string {
  const { location } = globalThis as { location?: Partial<Location> }
  const url = attempt('url', () => new URL(given, baseUrl()))
  check('url', !url.username && !url.password, 'must not hold a user name or password. Use headers')
  const isKnown = hasOwnFetch || url.protocol === location?.protocol || /^https?:$/.test(url.protocol)
  check('url', isKnown, `must be http: or https:, not ${url.protocol}`)
  return url.href
}

/**
 * Checks what is meant for `fetch` now: later it could not be told from a network error, and would be retried.
 *
 * @param wished goes with it, unless the host has never heard of it
 */
export function forFetch(url: string, init: RequestInit, wished: RequestInit = { cache: 'no-store' }): RequestInit {
  const { Request } = globalThis as { Request?: typeof globalThis.Request }
  const full: RequestInit = { ...wished, ...init }
  if (!Request) return full
  try {
    void new Request(url, full)
    return full
  } catch {
    for (const [name, value] of Object.entries(init)) attempt(name, () => new Request(url, { [name]: value }))
    // Some hosts refuse to hear of caches and credentials at all.
    return init
  }
}
