import { BACKOFF } from '../client/backoff.js'
import { check, checkRequest, numbers } from '../client/checks.js'
import type { EngineOptions } from '../client/engine-types.js'
import { forFetch } from '../client/fetch-init.js'
import { DEFAULT_MAX_EVENT_SIZE, MAX_DELAY } from '../wire/constants.js'
import type { EventSourceInit } from './types.js'

/**
 * @param ready each request waits for it
 * @throws {OptionError} for a member beyond the standard that makes no sense.
 */
export function readInit(url: URL, init: EventSourceInit, ready: () => unknown): EngineOptions {
  const { withCredentials, fetch, headers, method = 'GET', body, lastEventId = '', maxEventSize, backoff = {} } = init
  check('fetch', fetch === undefined || typeof fetch === 'function', 'must be a function')
  checkRequest(method, headers, body, lastEventId)
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
    url: href,
    init: forFetch(href, { method }, wished),
    async headers(attempt) {
      await ready()
      const fields = new Headers(typeof headers === 'function' ? await headers(attempt) : headers)
      // `fetch` takes no URL that holds user and password.
      if ((username || password) && !fields.has('authorization')) {
        fields.set('authorization', `Basic ${btoa(`${bytes(username)}:${bytes(password)}`)}`)
      }
      return fields
    },
    body,
    fetch,
    resume: 'header',
    lastEventId,
    ...numbers('', { maxEventSize }, { maxEventSize: DEFAULT_MAX_EVENT_SIZE }),
    // The standard lets a client wait longer than the reconnection time, never shorter.
    backoff: numbers('backoff', backoff, { ...BACKOFF, min: 3000, jitter: 0 }),
    // A server that asks for no delay at all would be asked in a tight loop.
    retryHint: { min: 50, max: MAX_DELAY },
    only200: true,
  }
}

/** Undoes percent-encoding, to a byte string. */
function bytes(encoded: string): string {
  return encoded.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}
