import { BRAND } from '../errors.js'
import { placeOf, reasonOf } from './reason-of.js'

/** What kind of thing went wrong with a connection. */
export type ConnectErrorKind =
  | 'network'
  | 'http'
  | 'content-type'
  | 'open-timeout'
  | 'idle'
  | 'limit'
  | 'decode'
  | 'hook'
  | 'incomplete'

/** One for each kind, and one more: `docs/errors.md` has a heading for each. */
export type ConnectErrorCode =
  | 'ERR_CONNECT_NETWORK'
  | 'ERR_CONNECT_HTTP'
  | 'ERR_CONNECT_CONTENT_TYPE'
  | 'ERR_CONNECT_OPEN_TIMEOUT'
  | 'ERR_CONNECT_IDLE'
  | 'ERR_CONNECT_LIMIT'
  | 'ERR_CONNECT_DECODE'
  | 'ERR_CONNECT_HOOK'
  | 'ERR_CONNECT_INCOMPLETE'
  | 'ERR_CONNECT_NO_BODY'

/** A `ServerSentEvent`, in its own words: errors stand on the ground floor. */
interface FailedEvent {
  event: string
  data: string
  id: string
}

export interface ConnectErrorDetails {
  /** By default the one that goes with the kind. */
  code?: ConnectErrorCode | undefined
  response?: Response | undefined
  body?: string | undefined
  event?: FailedEvent | undefined
  /** Milliseconds. */
  retryAfter?: number | undefined
  attempt?: number | undefined
  cause?: unknown
}

/**
 * Says why a connection could not be made or did not last.
 *
 * `response` is there where the server answered. That of a refusal is a copy, whose body can be read at any time, once;
 * `body` is its text. Nothing is left to release. `cause` is the error underneath, where there is one.
 *
 * @example
 * ```ts
 * import { ConnectError } from 'eventwire/client'
 * import { events } from 'eventwire/streams'
 *
 * try {
 *   await events(new Response('Busy', { status: 503 })).next()
 * } catch (error) {
 *   error instanceof ConnectError && [error.kind, error.code, error.status] // => ['http', 'ERR_CONNECT_HTTP', 503]
 * }
 * ```
 */
export class ConnectError extends Error {
  /** Does not change between minor versions; `docs/errors.md` has a heading for each. */
  declare readonly code: ConnectErrorCode
  /** What went wrong; `code` goes with it, but for `ERR_CONNECT_NO_BODY`, which is of kind `http`. */
  declare readonly kind: ConnectErrorKind
  /** The status of the answer, where there was one. */
  declare readonly status?: number
  /** The answer. Of a refusal the body can still be read: as much of it as `body` has. */
  declare readonly response?: Response
  /** The text of a refusal: up to 64 KiB of it, and what came within a second. */
  declare readonly body?: string
  /** The event whose data does not decode, or whose function threw. */
  declare readonly event?: FailedEvent
  /** What the server asked for with Retry-After, in milliseconds. */
  declare readonly retryAfter?: number
  /** The number of the attempt that failed; the first is 1. */
  declare readonly attempt: number

  override get name(): 'ConnectError' {
    return 'ConnectError'
  }

  get [BRAND](): true {
    return true
  }

  constructor(kind: ConnectErrorKind, message: string, details: ConnectErrorDetails = {}) {
    const { code, response, body, event, retryAfter, attempt, cause } = details
    super(message, cause === undefined ? cause : { cause })
    this.kind = kind
    this.code = code ?? (`ERR_CONNECT_${kind.toUpperCase().replace('-', '_')}` as ConnectErrorCode)
    this.response = response
    this.status = response?.status
    this.body = body
    this.event = event
    this.retryAfter = retryAfter
    this.attempt = attempt ?? 1
  }
}

/**
 * The error as it is told to users: its message names the place, `url` or where the response came from, and what lies at the bottom
 * of `cause`.
 */
export function connectError(
  kind: ConnectErrorKind,
  message: string,
  details: ConnectErrorDetails & { url?: string | undefined },
): ConnectError {
  const place = details.response?.url || details.url
  // What the parser advises is not what helps here.
  const reason = kind === 'limit' ? '' : reasonOf(details.cause)
  return new ConnectError(kind, message + (place ? ` (${placeOf(place)})` : '') + (reason && `: ${reason}`), details)
}
