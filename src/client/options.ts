import { DEFAULT_MAX_EVENT_SIZE, MAX_DELAY } from '../wire/constants.js'
import { attempt, check, checkOneOf, checkTypes, numbers } from './checks.js'
import type { EngineOptions } from './engine-types.js'
import { forFetch, requestUrl } from './fetch-init.js'
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
  const href = requestUrl(url, !!fetch)
  const method = (init.method ??= 'GET').toUpperCase()
  const once = isStream(body)

  checkTypes('function', { fetch, until, retryIf, onOpen, onComment, onState })
  checkTypes('string', { lastEventId })
  checkTypes('boolean', { keepAlive })
  checkTypes('object', { decode, pause })
  for (const [name, value] of Object.entries(decode)) {
    const isDecoder = typeof value === 'function' || '~standard' in Object(value)
    check('decode.' + name, isDecoder, 'must be a schema or a function')
  }
  if (typeof onInvalid !== 'function') checkOneOf('onInvalid', ['throw', 'skip'], onInvalid)
  checkOneOf('reconnect', ['auto', 'always', 'on-drop', 'never'], reconnect)
  for (const reason of pause) checkOneOf('pause', ['hidden', 'offline'], reason)
  check('signal', !signal || 'aborted' in signal, 'must be an AbortSignal')

  if (resume !== 'header') {
    check('resume', !resume || typeof (resume.query || 0) === 'string', "must be 'header', { query: NAME } or false")
    check('lastEventId', !/[\0\r\n]/.test(lastEventId), 'must be one line')
  } else {
    const isCarried = lastEventIdHeader(lastEventId) !== undefined
    check('lastEventId', isCarried, 'has a character that no header carries. Use resume: { query: NAME }')
  }

  check('body', body == null || !/^(GET|HEAD)$/.test(method), `does not go with ${method}. Set method: 'POST'`)
  check('body', ![Object, Array].includes(body?.constructor as never), 'must be what fetch takes. Use JSON.stringify')
  check('body', !once || /^(auto|never)$/.test(reconnect), 'is a stream, which can be sent once. Use a function')
  attempt('headers', () => new Headers(typeof headers === 'function' ? undefined : headers))

  return {
    engine: {
      lastEventId,
      backoff: numbers('backoff', backoff, {
        min: 1000,
        max: 30_000,
        factor: 2,
        jitter: 0.5,
        attempts: Infinity,
        stableAfter: 5000,
      }),
      retryHint: retryHint && numbers('retryHint', retryHint, { min: 50, max: MAX_DELAY }),
      ...numbers(
        '',
        { openTimeout, idleTimeout, maxEventSize },
        { openTimeout: 0, idleTimeout: 0, maxEventSize: DEFAULT_MAX_EVENT_SIZE },
      ),
      keepAlive,
      pause,
      signal,
    },
    request: { url: href, headers, body, resume, init: forFetch(href, init) },
    mode: once ? 'never' : reconnect,
    method,
  }
}
