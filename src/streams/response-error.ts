import { ConnectError, type ConnectErrorCode, type ConnectErrorKind } from '../errors/connect-error.js'
import { placeOf } from '../errors/reason-of.js'
import { isEventStreamType } from '../wire/content-type.js'

/**
 * What is wrong with a response as the beginning of an event stream; `undefined` where nothing is. A body that is
 * `null` is an empty stream; a host that gives no `body` at all cannot stream.
 *
 * @param only200 no other status will do (WHATWG HTML 9.2.2)
 * @throws {ReferenceError} for what is no response.
 */
export function responseError(response: Response, attempt?: number, only200?: boolean): ConnectError | undefined {
  const { status, url, body, type: sort } = (response as Response | undefined) ?? ({} as Response)
  if (typeof status !== 'number') throw new ReferenceError('fetch gave no Response')
  const type = response.headers.get('content-type')
  const error = (kind: ConnectErrorKind, message: string, code?: ConnectErrorCode): ConnectError =>
    new ConnectError(kind, message + (url ? ` (${placeOf(url)})` : ''), { attempt, response, code })
  // Never from a real fetch, which throws; from those that stand in for it.
  if (sort === 'error') return error('network', 'The request failed')
  if (only200 ? status !== 200 : status < 200 || status > 299 || status === 204 || status === 205) {
    return error('http', `The server answered ${status}`)
  }
  if (!isEventStreamType(type)) {
    return error('content-type', `The server sent ${type || 'no content type'}, not text/event-stream`)
  }
  if (body === undefined) {
    return error('http', 'This fetch gives no response.body. Use one that streams', 'ERR_CONNECT_NO_BODY')
  }
}
