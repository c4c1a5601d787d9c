import {
  type ConnectError,
  connectError,
  type ConnectErrorCode,
  type ConnectErrorKind,
} from '../errors/connect-error.js'
import { isEventStreamType } from '../wire/content-type.js'
import type { Asked } from './chunk-source.js'

/**
 * What is wrong with a response as the beginning of an event stream; `undefined` where nothing is. A body that is
 * `null` is an empty stream; a host that gives no `body` at all cannot stream.
 *
 * @param only200 no other status will do (WHATWG HTML 9.2.2)
 * @throws {ReferenceError} for what is no response.
 */
export function responseError(
  response: Response,
  { only200, ...asked }: Asked & { only200?: boolean | undefined } = {},
): ConnectError | undefined {
  const { status, body, type: sort } = (response as Response | undefined) ?? ({} as Response)
  if (typeof status !== 'number') throw new ReferenceError('fetch gave no Response')
  const type = response.headers.get('content-type')
  const error = (kind: ConnectErrorKind, message: string, code?: ConnectErrorCode): ConnectError =>
    connectError(kind, message, { ...asked, response, code })
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
