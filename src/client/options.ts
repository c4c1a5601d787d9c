import { OptionError } from '../errors/option-error.js'
import { check, checkOptions, withDefaults, type Rules } from '../options/check-options.js'
import {
  anyOf,
  anything,
  isBoolean,
  isFunction,
  isLine,
  isName,
  milliseconds,
  numberOf,
  oneOf,
} from '../options/rules.js'
import { DEFAULT_MAX_EVENT_SIZE, MAX_DELAY } from '../wire/constants.js'
import { lastEventIdHeader } from './last-event-id-header.js'
import { BACKOFF, type HintRange } from './backoff.js'
import type { EngineOptions } from './engine-types.js'
import { checkBody, isStream, type RequestSource } from './request.js'
import { requestUrl } from './request-url.js'
import type { BackoffOptions, ConnectOptions, ReconnectMode } from './types.js'

/** The options of `connect()`, checked, with their defaults. */
export interface ConnectSettings extends EngineOptions, RequestSource {
  fetch?: ConnectOptions['fetch']
  mode: ReconnectMode
  method: string
  resume: NonNullable<ConnectOptions['resume']>
  /** The server is known to resume. */
  isResumeGiven: boolean
  openTimeout: number
  idleTimeout: number
}

const any = numberOf('')
const time = numberOf('milliseconds')

/** The rules of what both faces of the engine take. */
export const SHARED_RULES: Rules = {
  fetch: isFunction,
  method: (value) => typeof value !== 'string' && 'must be a string',
  lastEventId: isLine,
  maxEventSize: numberOf('UTF-16 code units'),
  backoff: {
    min: milliseconds,
    max: time,
    factor: numberOf('', 1),
    jitter: numberOf('', 0, 1),
    attempts: numberOf('', 1),
    stableAfter: time,
  },
  '*': anything,
}

const RULES: Rules = {
  ...SHARED_RULES,
  onInvalid: anyOf(oneOf('throw', 'skip'), isFunction),
  until: isFunction,
  unfinished: oneOf('drop', 'deliver'),
  position: isFunction,
  resume: (value) => {
    const query = (Object(value) as { query?: unknown }).query
    const isRight = value === 'header' || value === false || typeof value === 'function' || !isName(query, '')
    return !isRight && "must be 'header', { query: NAME }, a function or false"
  },
  reconnect: oneOf('auto', 'always', 'on-drop', 'never'),
  retryHint: (value, option) => value !== false && checkOptions(value, { min: milliseconds, max: any }, option),
  retryIf: isFunction,
  openTimeout: milliseconds,
  idleTimeout: milliseconds,
  pause: (value) => !Array.isArray(value) && 'must be an array',
  keepAlive: isBoolean,
  onOpen: isFunction,
  onComment: isFunction,
  onIgnored: isFunction,
  onState: isFunction,
  signal: (value) => value !== null && !('aborted' in Object(value)) && 'must be an AbortSignal',
  decode: (value, option) => {
    if (isDecoder(value)) return
    const isMap = typeof value === 'object' && value
    if (!isMap) return 'must be a schema, a function or an object with one for each event type'
    for (const [name, decoder] of Object.entries(value)) {
      check(`${option}.${name}`, isDecoder(decoder), 'must be a schema or a function')
    }
  },
}

/** Names that are ours; all others go to `fetch`. */
const OURS = [...Object.keys(RULES).filter((name) => name !== 'method'), 'headers', 'body']

function isDecoder(value: unknown): boolean {
  return typeof value === 'function' || '~standard' in Object(value)
}

/** @throws {OptionError} that names the option. */
export function readOptions<M>(url: string | URL, options: ConnectOptions<M> = {}): ConnectSettings {
  checkOptions(options, RULES)
  const { headers, body, resume = 'header', reconnect = 'auto', pause, lastEventId = '', fetch } = options
  const href = requestUrl(url, fetch)
  const method = (options.method ?? 'GET').toUpperCase()
  const once = isStream(body)
  for (const reason of pause ?? []) checkOptions({ pause: reason }, { pause: oneOf('hidden', 'offline') })
  checkRequest(method, headers, body)
  const isCarried = resume !== 'header' || lastEventIdHeader(lastEventId) !== undefined
  check('lastEventId', isCarried, 'has a character that no header carries. Use resume: { query: NAME }')
  check('body', !once || /^(auto|never)$/.test(reconnect), 'is a stream, which can be sent once. Use a function')
  const init: Record<string, unknown> = { method: options.method ?? 'GET' }
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !OURS.includes(name)) init[name] = value
  }
  return {
    url: href,
    headers,
    body,
    fetch: fetch && fetch.bind(options),
    init: forFetch(href, init as RequestInit),
    signal: options.signal,
    mode: once ? 'never' : reconnect,
    method,
    lastEventId,
    resume,
    isResumeGiven: !!options.resume,
    unfinished: options.unfinished,
    openTimeout: options.openTimeout ?? 0,
    idleTimeout: options.idleTimeout ?? 0,
    maxEventSize: options.maxEventSize ?? DEFAULT_MAX_EVENT_SIZE,
    keepAlive: options.keepAlive,
    backoff: readBackoff(options.backoff, BACKOFF),
    retryHint: options.retryHint !== false && range('retryHint', options.retryHint, { min: 10, max: MAX_DELAY }),
  }
}

export function readBackoff(
  given: BackoffOptions | undefined,
  defaults: Required<BackoffOptions>,
): Required<BackoffOptions> {
  return range('backoff', given, defaults)
}

/** A group with bounds: one that is given alone may lie beyond the default of the other. */
function range<T extends HintRange>(group: string, given: { [K in keyof T]?: T[K] | undefined } = {}, defaults: T): T {
  const { min, max } = given
  check(`${group}.max`, !(min! > max!), 'must not be below min')
  const all = withDefaults(defaults, given as Partial<T>)
  if (min !== undefined) all.max = Math.max(min, all.max)
  if (max !== undefined) all.min = Math.min(max, all.min)
  return all
}

/** What both faces of the engine ask of the parts of a request. */
export function checkRequest(method: string, headers: unknown, body: unknown): void {
  fault('headers', () => new Headers(typeof headers === 'function' ? undefined : (headers as HeadersInit)))
  check('body', body === undefined || body === null || !/^(GET|HEAD)$/i.test(method), `does not go with ${method}`)
  checkBody(body)
}

/** Whatever `make` throws is the fault of `option`. */
function fault(option: string, make: () => unknown): void {
  try {
    make()
  } catch (error) {
    throw new OptionError(option, (error as Error).message)
  }
}

/**
 * Checks what is meant for `fetch` now: later it could not be told from a network error, and would be retried.
 *
 * @param wished goes with it, unless the host has never heard of it
 */
export function forFetch(url: string, init: RequestInit, wished: RequestInit = { cache: 'no-store' }): RequestInit {
  const { Request } = globalThis as { Request?: typeof globalThis.Request }
  const full: RequestInit = { ...wished, ...init }
  try {
    if (Request) void new Request(url, full)
    return full
  } catch {
    // A host that cannot make a plain one cannot check anything.
    try {
      void new Request!(url, {})
    } catch {
      return full
    }
    for (const [name, value] of Object.entries(init)) fault(name, () => new Request!(url, { [name]: value }))
    // Some hosts refuse to hear of caches and credentials at all.
    return init
  }
}
