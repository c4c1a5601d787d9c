import type { EngineOptions } from '../client/engine-types.js'
import { attempt, check, forFetch, numbers } from '../client/options.js'
import type { RequestSource } from '../client/request.js'
import { MAX_DELAY } from '../wire/constants.js'
import type { EventSourceInit } from './types.js'

export interface EventSourceSettings {
  engine: EngineOptions
  request: RequestSource
}

/** @throws {OptionError} for a member beyond the standard that makes no sense. */
export function readInit(url: URL, init: EventSourceInit): EventSourceSettings {
  const { withCredentials, fetch, headers, method = 'GET', body, lastEventId = '', maxEventSize, backoff = {} } = init
  check('fetch', fetch === undefined || typeof fetch === 'function', 'must be a function')
  check('body', body == null || !/^(GET|HEAD)$/i.test(method), `does not go with ${method}. Set method: 'POST'`)
  check('lastEventId', typeof lastEventId === 'string', 'must be a string')
  check('maxEventSize', maxEventSize === undefined || maxEventSize >= 0, 'must be a number, not negative')
  attempt('headers', () => new Headers(typeof headers === 'function' ? undefined : headers))
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
    request: { url: url.href, headers, body, resume: 'header', init: forFetch(url.href, { method }, wished) },
  }
}
