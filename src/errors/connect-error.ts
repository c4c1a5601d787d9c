import { BRAND } from '../errors.js'

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
  | 'ERR_CONNECT_NO_BODY'

export interface ConnectErrorDetails {
  /** By default the one that goes with the kind. */
  code?: ConnectErrorCode
  response?: Response
  /** Milliseconds. */
  retryAfter?: number
  attempt?: number
  cause?: unknown
}

/**
 * Says why a connection could not be made or did not last.
 *
 * `response` is there where the server answered. `retryIf` can still read the body of a refused one; by the
 * time the loop sees the error it has been cancelled, so there is nothing to release. `cause` is the error underneath, where there is one.
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
  declare readonly code: ConnectErrorCode
  /** What went wrong; `code` goes with it, but for `ERR_CONNECT_NO_BODY`, which is of kind `http`. */
  declare readonly kind: ConnectErrorKind
  /** The status of the answer, where there was one. */
  declare readonly status?: number
  declare readonly response?: Response
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
    const { code, response, retryAfter, attempt, cause } = details
    super(message, cause === undefined ? cause : { cause })
    this.kind = kind
    this.code = code ?? (`ERR_CONNECT_${kind.toUpperCase().replace('-', '_')}` as ConnectErrorCode)
    this.response = response
    this.status = response?.status
    this.retryAfter = retryAfter
    this.attempt = attempt ?? 1
  }
}
