import type { ConnectError } from '../errors/connect-error.js'
import { keepBody } from '../streams/keep-body.js'
import { parseRetryAfter } from './backoff.js'
import type { Work } from './engine-types.js'

/**
 * Reads what a server says with its refusal, in its head and its body, into `error`. Lets go of the connection; never rejects.
 *
 * @param ms the milliseconds that the body may take
 */
export function readRefusal(error: ConnectError, ms: number, work: Work): Promise<void> {
  const retryAfter = parseRetryAfter(error.response!.headers.get('retry-after'), Date.now())
  Object.assign(error, { retryAfter })
  return keepBody(error, ms, work)
}
