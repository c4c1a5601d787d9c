import { baseUrl } from './base-url.js'
import { attempt, check } from './checks.js'

/** The URL that `fetch` is called with, absolute. */
export function requestUrl(given: string | URL, ownFetch: unknown): string {
  const { href, protocol, username, password } = attempt('url', () => new URL(given, baseUrl()))
  // Fetch refuses both, but not in a way that tells them from a network error.
  check('url', !username && !password, 'must not hold a user name or password. Use headers')
  // The scheme of an app is known to the fetch of its page.
  const { location } = globalThis as { location?: Partial<Location> }
  const isKnown = ownFetch || protocol === location?.protocol || /^https?:$/.test(protocol)
  check('url', isKnown, `must be http: or https:, not ${protocol}`)
  return href
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
    for (const [name, value] of Object.entries(init)) attempt(name, () => new Request!(url, { [name]: value }))
    // Some hosts refuse to hear of caches and credentials at all.
    return init
  }
}
