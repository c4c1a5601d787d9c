import { MAX_DELAY, DEFAULT_MAX_EVENT_SIZE } from '../wire/constants.js'
import { BACKOFF } from './backoff.js'
import { check, checkRequest, numbers } from './checks.js'
import type { EngineOptions } from './engine-types.js'
import { forFetch, requestUrl } from './fetch-init.js'
import { lastEventIdHeader } from './last-event-id.js'
import { isStream } from './request.js'
import type { ConnectOptions, ReconnectMode } from './types.js'

/** The options of `connect()`, checked, with their defaults. */
export interface ConnectSettings extends EngineOptions {
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
    onInvalid,
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
    keepAlive,
    onOpen,
    onComment,
    onState,
    signal,
    ...init
  } = options
  const href = requestUrl(url, fetch)
  const method = (init.method ??= 'GET').toUpperCase()
  const once = isStream(body)

  /** Of one of the types, or one of the words. */
  const must = (rule: string, given: object): void => {
    const words = rule.split(', ')
    for (const [name, value] of Object.entries(given)) {
      const isRight = value === undefined || words.includes(typeof value) || words.includes(value as string)
      check(name, isRight, `must be one of: ${rule}`)
    }
  }
  must('function', { fetch, until, retryIf, onOpen, onComment, onState })
  must('throw, skip, function', { onInvalid })
  must('boolean', { keepAlive })
  must('object', { decode })
  must('auto, always, on-drop, never', { reconnect })
  for (const [name, value] of Object.entries(decode ?? {})) {
    const isDecoder = typeof value === 'function' || '~standard' in Object(value)
    check('decode.' + name, isDecoder, 'must be a schema or a function')
  }
  check('pause', Array.isArray(pause), 'must be an array')
  for (const reason of pause) must('hidden, offline', { pause: reason })
  check('signal', !signal || 'aborted' in Object(signal), 'must be an AbortSignal')
  checkRequest(method, headers, body, lastEventId)
  const isNamed = resume === 'header' || !resume || (typeof resume.query === 'string' && resume.query)
  check('resume', isNamed, "must be 'header', { query: NAME } or false")
  const isCarried = resume !== 'header' || lastEventIdHeader(lastEventId) !== undefined
  check('lastEventId', isCarried, 'has a character that no header carries. Use resume: { query: NAME }')
  check('body', ![Object, Array].includes(body?.constructor as never), 'must be what fetch takes. Use JSON.stringify')
  check('body', !once || /^(auto|never)$/.test(reconnect), 'is a stream, which can be sent once. Use a function')

  return {
    ...options,
    ...numbers(
      '',
      { openTimeout, idleTimeout, maxEventSize },
      { openTimeout: 0, idleTimeout: 0, maxEventSize: DEFAULT_MAX_EVENT_SIZE },
    ),
    backoff: numbers('backoff', backoff, BACKOFF),
    retryHint: retryHint && numbers('retryHint', retryHint, { min: 10, max: MAX_DELAY }),
    url: href,
    init: forFetch(href, init),
    mode: once ? 'never' : reconnect,
    method,
    lastEventId,
    resume,
  }
}
