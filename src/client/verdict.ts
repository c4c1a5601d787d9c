import { ConnectError } from '../errors/connect-error.js'
import { isEventStreamType } from '../wire/content-type.js'
import { parseRetryAfter } from './backoff.js'
import type { ReconnectMode } from './types.js'

/** What follows an attempt: another one, the end, or the end with an error. */
export type Verdict = 'retry' | 'end' | 'fail'

// The server says that it has not acted: asking again does nothing twice.
const NOT_ACTED = [408, 425, 429, 503]
const TEMPORARY = [...NOT_ACTED, 500, 502, 504]

/**
 * Decides what follows an attempt, where `retryIf` does not.
 *
 * @param error why the attempt is over; `undefined` for a clean end of the body
 * @param resumable the next request would say which event came last, so that the server goes on from
 * there instead of doing its work again
 */
export function verdict(
  mode: ReconnectMode,
  method: string,
  error: ConnectError | undefined,
  resumable: boolean,
): Verdict {
  if (!error) return mode === 'always' || (mode === 'auto' && method === 'GET') ? 'retry' : 'end'
  if (mode === 'never') return 'fail'
  const repeatable = mode !== 'auto' || /^(GET|HEAD|QUERY)$/.test(method) || resumable
  const { kind, status } = error
  if (kind === 'http') return (repeatable ? TEMPORARY : NOT_ACTED).includes(status!) ? 'retry' : 'fail'
  return repeatable && /^(network|open-timeout|idle)$/.test(kind) ? 'retry' : 'fail'
}

/**
 * Says what is wrong with a response as the beginning of an event stream; `undefined` where nothing is.
 *
 * @param now the time in milliseconds since the epoch, for a Retry-After date
 */
export function checkResponse(response: Response, attempt: number, now: number): ConnectError | undefined {
  const { ok, status, statusText, headers } = response
  const type = headers.get('content-type')
  if (!ok || status === 204) {
    return new ConnectError('http', `The server answered ${status} ${statusText}`.trim() + '.', {
      response,
      attempt,
      retryAfter: parseRetryAfter(headers.get('retry-after'), now),
    })
  }
  if (!isEventStreamType(type)) {
    return new ConnectError('content-type', `The server sent ${type ?? 'no content type'}, not text/event-stream.`, {
      response,
      attempt,
    })
  }
  if (!response.body) {
    return new ConnectError('http', 'This fetch gives no response.body to read. Pass one that streams as `fetch`.', {
      code: 'ERR_CONNECT_NO_BODY',
      response,
      attempt,
    })
  }
}
