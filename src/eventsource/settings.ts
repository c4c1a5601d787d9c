import { BACKOFF } from '../client/backoff.js'
import { checkCommon, COMMON_RULES, fault } from '../client/common-options.js'
import type { EngineOptions } from '../client/engine-types.js'
import type { RequestSource } from '../client/request.js'
import { MAX_DELAY } from '../wire/constants.js'
import type { EventSourceInit } from './types.js'

/** The standard lets a client wait longer than the reconnection time, never shorter. */
const DEFAULTS = { ...BACKOFF, min: 3000, jitter: 0 }

/** @throws {OptionError} for a member beyond the standard that makes no sense. */
export function readInit(url: URL, given: EventSourceInit): EngineOptions & RequestSource {
  const { withCredentials, fetch, headers, method = 'GET', body, lastEventId = '', maxEventSize } = given
  const backoff = checkCommon({ ...given }, COMMON_RULES, DEFAULTS)
  const { username, password } = url
  const bare = new URL(url)
  bare.username = bare.password = ''
  const { href } = bare
  fault('method', () => typeof Request === 'function' && new Request(href, { method }))
  const basic = (username || password) && `Basic ${btoa(`${bytes(username)}:${bytes(password)}`)}`
  return {
    url: href,
    init: wished(href, method, withCredentials),
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
    backoff,
    // A server that asks for no delay at all would be asked in a tight loop.
    retryHint: { min: 50, max: MAX_DELAY },
    only200: true,
  }
}

/** Some hosts refuse to hear of caches and credentials at all. */
function wished(href: string, method: string, withCredentials: unknown): RequestInit {
  const all: RequestInit = {
    method,
    cache: 'no-store',
    mode: 'cors',
    credentials: withCredentials ? 'include' : 'same-origin',
  }
  try {
    if (typeof Request === 'function') void new Request(href, all)
    return all
  } catch {
    return { method }
  }
}

/** Undoes percent-encoding, to a byte string. */
function bytes(encoded: string): string {
  return encoded.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}
