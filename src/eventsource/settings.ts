import type { EngineOptions } from '../client/engine-types.js'
import { forFetch } from '../client/fetch-init.js'
import { attempt, check, numbers } from '../client/checks.js'
import type { RequestSource } from '../client/request.js'
import { MAX_DELAY } from '../wire/constants.js'
import type { EventSourceInit } from './types.js'

export interface EventSourceSettings {
  engine: EngineOptions
  request: RequestSource
  /** What user and password of the URL come to: `fetch` takes no URL that holds them. */
  authorization?: string
}

/** @throws {OptionError} for a member beyond the standard that makes no sense. */
export function readInit(url: URL, init: EventSourceInit): EventSourceSettings {
  const { withCredentials, fetch, headers, method = 'GET', body, lastEventId = '', maxEventSize, backoff = {} } = init
  check('fetch', fetch === undefined || typeof fetch === 'function', 'must be a function')
  check('body', body == null || !/^(GET|HEAD)$/i.test(method), `does not go with ${method}. Set method: 'POST'`)
  check(
    'lastEventId',
    typeof lastEventId === 'string' && !/[\0\r\n]/.test(lastEventId),
    'must be a string without CR, LF and NUL',
  )
  check('maxEventSize', maxEventSize === undefined || maxEventSize >= 0, 'must be a number, not negative')
  attempt('headers', () => new Headers(typeof headers === 'function' ? undefined : headers))
  const { username, password } = url
  const bare = new URL(url)
  bare.username = bare.password = ''
  const { href } = bare
  const wished: RequestInit = {
    cache: 'no-store',
    mode: 'cors',
    credentials: withCredentials ? 'include' : 'same-origin',
  }
  return {
    engine: {
      lastEventId,
      maxEventSize,
      backoff: numbers('backoff', backoff, {
        min: 3000,
        max: 30_000,
        factor: 2,
        // The standard lets a client wait longer than the reconnection time, never shorter.
        jitter: 0,
        attempts: Infinity,
        stableAfter: 5000,
      }),
      // A server that asks for no delay at all would be asked in a tight loop.
      retryHint: { min: 50, max: MAX_DELAY },
      openTimeout: 0,
      idleTimeout: 0,
      keepAlive: true,
      pause: [],
    },
    request: { url: href, headers, body, resume: 'header', init: forFetch(href, { method }, wished) },
    authorization: username || password ? `Basic ${btoa(`${bytes(username)}:${bytes(password)}`)}` : undefined,
  }
}

/** Undoes percent-encoding, to a byte string. */
function bytes(encoded: string): string {
  return encoded.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}
