import { causesOf } from '../errors/reason-of.js'

/** Codes of a certificate that is refused, and of arguments that `fetch` does not take (a `dispatcher` of another version). */
const CODES =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET_ISSUER|VERIFY|DECODE|GET_CRL|DECRYPT)|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_|ERR_INVALID_|UND_ERR_INVALID_ARG)/

/** What hosts without such codes say, and what engines say of a mistake in a `fetch` of one's own. */
const WORDS = /^bad port$|invalid peer certificate|is not a function|^Cannot read prop/i

/** Tells whether `thrown`, by `fetch`, says that asking again is of no use. */
export function isFutile(thrown: unknown, init: RequestInit): boolean {
  const isSaid = causesOf(thrown).some((error) => {
    const { code, message, name } = Object(error) as Record<string, unknown>
    return CODES.test(`${code}`) || WORDS.test(`${message}`) || name === 'ReferenceError'
  })
  return isSaid || ((thrown as Error | undefined)?.name === 'TypeError' && !isSignal(init.signal!))
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
