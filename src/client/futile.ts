import type { ConnectError } from '../errors/connect-error.js'
import { causesOf } from '../errors/reason-of.js'

/**
 * Codes, names and messages that tell of a certificate that is refused, of a server that speaks no TLS, of a port that is blocked,
 * of a redirect that leads nowhere or is refused, of arguments that `fetch` does not take (a `dispatcher` of another version), and of a
 * mistake in a `fetch` of one's own.
 */
const FUTILE =
  /^(unexpected redirect|redirect count|URL scheme|integrity)|WRONG_VERSION|(NOT_SUPPORTED|_MISMATCH)$|^ERR_(OPTION|SCRIPT)|^((UND_)?ERR_)?INVALID_|^[A-Z\d_]*(CERT|UNABLE_TO_|HOSTNAME_MISM|PATH_LENGTH)|^bad port$|HTTP method|invalid peer cert|is not a function|^Cannot read prop|^ReferenceError$/

/** Tells whether nothing can come of another request, by the error of one that brought no answer. */
export function isFutile({ cause }: ConnectError, signal: AbortSignal): boolean {
  return causesOf(cause).some((thrown) => {
    const { code, message, name } = Object(thrown) as Record<string, unknown>
    return (
      [code, message, name].some((text) => FUTILE.test(`${text as string}`)) ||
      (name === 'TypeError' && !isSignal(signal))
    )
  })
}

/** Test environments have signals of their own, which the host's `fetch` may refuse. */
function isSignal(signal: AbortSignal): boolean {
  try {
    if (typeof Request === 'function') void new Request('http://localhost/', { signal })
    return true
  } catch {
    return false
  }
}
