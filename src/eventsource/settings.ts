import { BACKOFF } from '../client/backoff.js'
import type { EngineOptions } from '../client/engine-types.js'
import { checkRequest, forFetch, readBackoff, SHARED_RULES } from '../client/options.js'
import type { RequestSource } from '../client/request.js'
import { checkOptions } from '../options/check-options.js'
import { MAX_DELAY } from '../wire/constants.js'
import type { EventSourceInit } from './types.js'

/** @throws {OptionError} for a member beyond the standard that makes no sense. */
export function readInit(url: URL, init: EventSourceInit): EngineOptions & RequestSource {
  checkOptions({ ...init }, SHARED_RULES)
  const { withCredentials, fetch, headers, method = 'GET', body, lastEventId = '', maxEventSize, backoff } = init
  checkRequest(method, headers, body)
  const { username, password } = url
  const bare = new URL(url)
  bare.username = bare.password = ''
  const { href } = bare
  const wished: RequestInit = {
    cache: 'no-store',
    mode: 'cors',
    credentials: withCredentials ? 'include' : 'same-origin',
  }
  const basic = (username || password) && `Basic ${btoa(`${bytes(username)}:${bytes(password)}`)}`
  return {
    url: href,
    init: forFetch(href, { method }, wished),
    // `fetch` takes no URL that holds user and password.
    headers: basic
      ? async (attempt) => {
          const fields = new Headers((typeof headers === 'function' ? await headers(attempt) : headers) as HeadersInit)
          if (!fields.has('authorization')) fields.set('authorization', basic)
          return fields
        }
      : headers,
    body,
    fetch,
    lastEventId,
    maxEventSize,
    // The standard lets a client wait longer than the reconnection time, never shorter.
    backoff: readBackoff(backoff, { ...BACKOFF, min: 3000, jitter: 0 }),
    // A server that asks for no delay at all would be asked in a tight loop.
    retryHint: { min: 50, max: MAX_DELAY },
    only200: true,
  }
}

/** Undoes percent-encoding, to a byte string. */
function bytes(encoded: string): string {
  return encoded.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}
