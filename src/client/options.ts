import { check, checkOptions, type Rules } from '../options/check-options.js'
import { anyOf, isBoolean, isFunction, isName, isString, milliseconds, numberOf, oneOf } from '../options/rules.js'
import { MAX_DELAY } from '../wire/constants.js'
import { BACKOFF, type HintRange } from './backoff.js'
import { checkCommon, COMMON_RULES, fault, range } from './common-options.js'
import type { EngineOptions } from './engine-types.js'
import { lastEventIdHeader } from './last-event-id-header.js'
import { isStream } from './request.js'
import { requestUrl } from './request-url.js'
import type { ResumeSource } from './resume.js'
import type { ConnectOptions, ReconnectMode } from './types.js'

/** The options of `connect()`, checked, with their defaults. */
export interface ConnectSettings extends EngineOptions, ResumeSource {
  fetch?: ConnectOptions['fetch']
  mode: ReconnectMode
  /** The body is a stream, which can be sent once. */
  isOnce: boolean
  /** In capitals; `""` where a function gives it. */
  method: string
  /** The server is known to resume. */
  isResumeGiven: boolean
  openTimeout: number | undefined
  idleTimeout: number | undefined
  keepAlive: boolean | undefined
}

const RULES: Rules = {
  ...COMMON_RULES,
  method: anyOf(isString, isFunction),
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
  retryHint: (value, option) =>
    value !== false && checkOptions(value, { min: milliseconds, max: numberOf('') }, option),
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
const OURS = [...Object.keys(RULES), 'headers', 'body']

function isDecoder(value: unknown): boolean {
  return typeof value === 'function' || '~standard' in Object(value)
}

/** @throws {OptionError} that names the option. */
export function readOptions<M>(url: string | URL, options: ConnectOptions<M> = {}): ConnectSettings {
  const backoff = checkCommon(options, RULES, BACKOFF)
  const { headers, body, fetch, pause, lastEventId = '', resume = 'header', reconnect = 'auto', retryHint } = options
  const href = requestUrl(url, fetch)
  const once = isStream(body)
  for (const reason of pause ?? []) checkOptions({ pause: reason }, { pause: oneOf('hidden', 'offline') })
  const isCarried = resume !== 'header' || lastEventIdHeader(lastEventId) !== undefined
  check('lastEventId', isCarried, 'has a character that no header carries. Use resume: { query: NAME }')
  check('body', !once || /^(auto|never)$/.test(reconnect), 'is a stream, which can be sent once. Use a function')
  const { method = 'GET' } = options
  const askMethod = typeof method === 'function' ? method : undefined
  const init: Record<string, unknown> = askMethod ? {} : { method }
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !OURS.includes(name)) init[name] = value
  }
  const { openTimeout, idleTimeout, maxEventSize, unfinished, keepAlive } = options
  return {
    url: href,
    headers,
    body,
    fetch: fetch?.bind(options),
    init: forFetch(href, init as RequestInit),
    mode: reconnect,
    isOnce: once,
    method: askMethod ? '' : (method as string).toUpperCase(),
    askMethod,
    lastEventId,
    resume,
    isResumeGiven: !!(options.resume ?? askMethod),
    unfinished,
    openTimeout,
    idleTimeout,
    maxEventSize,
    keepAlive,
    backoff,
    retryHint: retryHint !== false && range('retryHint', { min: 10, max: MAX_DELAY }, retryHint as HintRange),
  }
}

/**
 * Checks at once what is meant for `fetch`: an error of `fetch` itself could not be told from a network error, and would
 * be retried. Asks past the caches, unless the host has no option for that.
 */
function forFetch(url: string, init: RequestInit): RequestInit {
  const full: RequestInit = { cache: 'no-store', ...init }
  if (isTaken(url, full) || !isTaken(url)) return full
  for (const [name, value] of Object.entries(init)) fault(name, () => new Request(url, { [name]: value }))
  return init
}

/** Whether this host makes such a request. One that cannot make a plain one cannot check anything. */
function isTaken(url: string, init: RequestInit = {}): boolean {
  try {
    return !!new Request(url, init)
  } catch {
    return false
  }
}
