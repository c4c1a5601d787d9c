import { check, checkOptions, type Rule, type Rules } from '../options/check-options.js'
import { isBoolean } from '../options/rules.js'
import { atOnce } from './async.js'
import type { EventRequest } from './event-request.js'
import type { HeadFields } from './response-head.js'

/** Who may read from pages of other origins (Fetch, section 3.3). */
export interface CorsOptions {
  /**
   * `*` for all, one origin, several, or a function of the `Origin` header. The function must answer at once; only
   * `true` is a yes, and what it throws is reported and a no.
   */
  origin: string | readonly string[] | ((origin: string, request: EventRequest) => boolean)
  /** Whether cookies may come along (`withCredentials`). Not with `*`. Default `false`. */
  credentials?: boolean
  /** Request headers that are allowed beside `last-event-id`, `content-type` and `authorization`. */
  headers?: string | readonly string[]
}

/** What CORS adds to answers. */
export interface Cors {
  /** For every answer. */
  fields(request: EventRequest): HeadFields
  /** For the answer to a preflight. */
  preflight(request: EventRequest): HeadFields
}

const ORIGIN = /^(null|[a-z][a-z\d+.-]*:\/\/[^\s/?#@]+)$/i
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])

const isOrigin: Rule = (value) => {
  if (typeof value === 'function') return false
  const isRight = (origin: unknown): boolean => typeof origin === 'string' && (origin === '*' || ORIGIN.test(origin))
  const list = listOf(value)
  if (list.length > 0 && list.every(isRight)) return false
  return "must be '*', origins such as https://example.com (without a path), or a function"
}

const RULES: Rules = {
  origin: isOrigin,
  credentials: isBoolean,
  headers: (value) =>
    !listOf(value).every((name) => typeof name === 'string' && TOKEN.test(name)) && 'must be names of headers',
}

/** Preflights may be remembered for this long, in seconds: no browser remembers them longer. */
const MAX_AGE = '7200'

const ALLOWED = ['last-event-id', 'content-type', 'authorization']

/**
 * @param report Told what `origin` throws. Must not throw.
 * @throws {OptionError}
 */
export function resolveCors(options: CorsOptions | undefined, report: (error: unknown) => void): Cors | undefined {
  if (options === undefined) return undefined
  checkOptions(options, RULES, 'cors')
  const { origin, credentials = false, headers = [] } = options
  check('cors.origin', origin !== undefined, 'is missing')
  const origins = new Set(typeof origin === 'function' ? [] : (listOf(origin) as string[]))
  const isOpen = origins.has('*')
  check('cors.credentials', !(isOpen && credentials), "cannot go with the origin '*'. Name the origins")
  const allowed = [...ALLOWED, ...listOf(headers)].join(', ')

  const isAllowed = (asking: string, request: EventRequest): boolean => {
    if (typeof origin !== 'function') return origins.has(asking)
    try {
      return atOnce<unknown>('cors.origin', origin(asking, request)) === true
    } catch (error) {
      report(error)
      return false
    }
  }

  const fields = (request: EventRequest): HeadFields => {
    const told = { 'access-control-expose-headers': 'retry-after' }
    if (isOpen) return { 'access-control-allow-origin': '*', ...told }
    const asking = request.headers.get('origin')
    if (asking === null || !isAllowed(asking, request)) return { vary: 'origin' }
    const ours = { 'access-control-allow-origin': asking, vary: 'origin', ...told }
    return credentials ? { ...ours, 'access-control-allow-credentials': 'true' } : ours
  }

  return {
    fields,
    preflight: (request) => ({
      ...fields(request),
      'access-control-allow-methods': 'GET, HEAD, POST, QUERY',
      'access-control-allow-headers': allowed,
      'access-control-max-age': MAX_AGE,
    }),
  }
}
