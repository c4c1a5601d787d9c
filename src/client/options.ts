import { OptionError } from '../errors/option-error.js'
import { MAX_DELAY } from '../wire/constants.js'
import type { EngineOptions } from './engine.js'
import { lastEventIdHeader } from './last-event-id.js'
import { isStream, type RequestSource } from './request.js'
import type { BackoffOptions, ConnectOptions, ReconnectMode } from './types.js'

/** The options of `connect()`, checked, with their defaults. */
export interface ConnectSettings {
  engine: EngineOptions
  request: RequestSource
  mode: ReconnectMode
  method: string
}

/** @throws {OptionError} that names the option. */
export function readOptions<M>(url: string | URL, options: ConnectOptions<M>): ConnectSettings {
  const {
    headers,
    body,
    fetch,
    decode,
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

  for (const [name, value] of Object.entries({ fetch, until, retryIf, onOpen, onComment, onState })) {
    check(name, value === undefined || typeof value === 'function', 'must be a function')
  }
  for (const [name, value] of Object.entries(decode ?? {})) {
    check(
      `decode.${name}`,
      typeof value === 'function' || '~standard' in Object(value),
      'must be a Standard Schema or a function',
    )
  }
  check(
    'onInvalid',
    typeof onInvalid === 'function' || oneOf(onInvalid, ['throw', 'skip']),
    "must be 'throw', 'skip' or a function",
  )
  check('resume', !resume || resume === 'header' || !!resume.query, "must be 'header', { query: NAME } or false")
  check(
    'reconnect',
    oneOf(reconnect, ['auto', 'always', 'on-drop', 'never']),
    "must be 'auto', 'always', 'on-drop' or 'never'",
  )
  check(
    'pause',
    Array.isArray(pause) && pause.every((reason) => oneOf(reason, ['hidden', 'offline'])),
    "must be a list of 'hidden' and 'offline'",
  )
  const request = readRequest(href, { headers, body, lastEventId, maxEventSize, resume }, init)
  check('signal', !signal || 'aborted' in signal, 'must be an AbortSignal')
  check(
    'lastEventId',
    resume !== 'header' || lastEventIdHeader(lastEventId) !== undefined,
    'has a control character, which no header can carry. Use resume: { query }',
  )
  const once = isStream(body)
  check(
    'body',
    !once || oneOf(reconnect, ['auto', 'never']),
    'is a stream, which can be sent once only. Give a function that makes one',
  )

  return {
    engine: {
      lastEventId,
      maxEventSize,
      backoff: readBackoff(backoff, 1000, 0.5),
      retryHint: retryHint && range('retryHint', retryHint, 50, MAX_DELAY),
      openTimeout: number('openTimeout', openTimeout, 0, 0, MAX_DELAY),
      idleTimeout: number('idleTimeout', idleTimeout, 0, 0, MAX_DELAY),
      keepAlive,
      pause,
      signal,
    },
    request,
    mode: once ? 'never' : reconnect,
    method,
  }
}

/** What `connect()` and `EventSource` make their requests from. @throws {OptionError} that names the option. */
export function readRequest(
  url: string,
  {
    headers,
    body,
    lastEventId,
    maxEventSize,
    resume,
  }: Omit<RequestSource, 'url' | 'init'> & { lastEventId: string; maxEventSize?: number },
  init: RequestInit,
): RequestSource {
  check('body', body == null || !/^(GET|HEAD)$/i.test(init.method ?? 'GET'), "needs a method that has one, as 'POST'")
  check(
    'lastEventId',
    typeof lastEventId === 'string' && !/[\0\r\n]/.test(lastEventId),
    'must be a string without CR, LF and NUL',
  )
  number('maxEventSize', maxEventSize, 0, 0)
  attempting('headers', () => new Headers(typeof headers === 'function' ? undefined : headers))
  return { url, headers, body, resume, init: withCache(url, init) }
}

/** @throws {OptionError} that names the option. */
export function readBackoff(backoff: BackoffOptions, min: number, jitter: number): EngineOptions['backoff'] {
  return {
    ...range('backoff', backoff, min, 30_000),
    factor: number('backoff.factor', backoff.factor, 2, 1),
    jitter: number('backoff.jitter', backoff.jitter, jitter, 0, 1),
    attempts: number('backoff.attempts', backoff.attempts, Infinity, 1),
    stableAfter: number('backoff.stableAfter', backoff.stableAfter, 5000, 0),
  }
}

export function check(option: string, right: boolean, rule: string): void {
  if (!right) throw new OptionError(option, rule + '.')
}

function oneOf(value: unknown, values: unknown[]): boolean {
  return values.includes(value)
}

function number(option: string, value: number | undefined, fallback: number, low: number, high = Infinity): number {
  if (value === undefined) return fallback
  check(option, typeof value === 'number' && value >= low && value <= high, `must be a number from ${low} to ${high}`)
  return value
}

function range(
  option: string,
  { min, max }: { min?: number; max?: number },
  low: number,
  high: number,
): { min: number; max: number } {
  const from = number(option + '.min', min, low, 0, MAX_DELAY)
  // One that is given alone may lie beyond the default of the other.
  return {
    min: Math.min(from, max ?? from),
    max: number(option + '.max', max, Math.max(from, high), min ?? 0, MAX_DELAY),
  }
}

function attempting<T>(option: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new OptionError(option, (error as Error).message)
  }
}

function absolute(url: string | URL, ownFetch: boolean): string {
  const page = globalThis as { document?: { baseURI?: string }; location?: { href?: string; protocol?: string } }
  const { href, protocol, username, password } = attempting(
    'url',
    () => new URL(url, page.document?.baseURI ?? page.location?.href),
  )
  check('url', !username && !password, 'must not hold a user name or password. Use the headers option')
  check(
    'url',
    ownFetch || /^https?:$/.test(protocol) || protocol === page.location?.protocol,
    `${protocol} is not http: or https:`,
  )
  return href
}

/** Checks what is meant for `fetch` now: later it could not be told from a network error, and would be retried. */
function withCache(url: string, init: RequestInit): RequestInit {
  if (!globalThis.Request) return init
  const full: RequestInit = { cache: 'no-store', ...init }
  try {
    void new Request(url, full)
    return full
  } catch {
    // Some hosts refuse to hear of a cache at all.
    for (const [name, value] of Object.entries(init)) attempting(name, () => new Request(url, { [name]: value }))
    return init
  }
}
