import { ConnectError, type ConnectErrorDetails, type ConnectErrorKind } from '../errors/connect-error.js'
import { placeOf } from '../errors/reason-of.js'
import { isEventStreamType } from '../wire/content-type.js'
import { type ChunkSource, openBody } from './chunk-source.js'

/** Bytes of a refusal that are kept, and the milliseconds that they may take. */
const MOST_BYTES = 64 * 1024
const MOST_TIME = 1000

/**
 * What is wrong with a response as the beginning of an event stream; `undefined` where nothing is. A body that is
 * `null` is an empty stream; a host that gives no `body` at all cannot stream.
 *
 * @param only200 no other status will do (WHATWG HTML 9.2.2)
 */
export function responseError(
  response: Response,
  details?: ConnectErrorDetails,
  only200?: boolean,
): ConnectError | undefined {
  const { status, url } = response
  const type = response.headers.get('content-type')
  const place = url ? ` (${placeOf(url)})` : ''
  const error = (kind: ConnectErrorKind, message: string, code?: 'ERR_CONNECT_NO_BODY'): ConnectError =>
    new ConnectError(kind, `${message}${place}.`, { ...details, response, code })
  // Never from a real fetch, which throws; from those that stand in for it.
  if (response.type === 'error') return new ConnectError('network', 'The request failed.', details)
  if (only200 ? status !== 200 : status < 200 || status > 299 || status === 204 || status === 205) {
    return error('http', `The server answered ${status}`)
  }
  if (!isEventStreamType(type)) {
    return error('content-type', `The server sent ${type || 'no content type'}, not text/event-stream`)
  }
  if (response.body === undefined) {
    return error('http', 'This fetch gives no response.body. Use one that streams', 'ERR_CONNECT_NO_BODY')
  }
}

/**
 * Reads what a server says about its refusal, and lets go of the connection. From then on `error` has it as `body`, and a
 * copy of the response that can be read at leisure. Never rejects.
 *
 * @param onOpen is given the body that is read; to cancel it ends the reading
 */
export async function keepBody(error: ConnectError, onOpen?: (chunks: ChunkSource) => void): Promise<void> {
  const { response } = error
  if (!response?.body || response.bodyUsed || error.code === 'ERR_CONNECT_NO_BODY') return
  let timer: ReturnType<typeof setTimeout> | undefined
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    const chunks = openBody(response.body)
    if (!chunks) return
    onOpen?.(chunks)
    // Never rejects: the connection is given up either way.
    const letGo = (): void => void chunks.cancel().catch(() => {})
    // A cancelled read may never end, where the body is an iterable.
    const isLate = new Promise<{ done: true; value?: undefined }>((resolve) => {
      timer = setTimeout(() => resolve({ done: true }), MOST_TIME)
    })
    while (size < MOST_BYTES) {
      const { done, value } = await Promise.race([chunks.read(), isLate])
      if (done || value === undefined) break
      const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
      pieces.push(bytes.subarray(0, MOST_BYTES - size))
      size += pieces.at(-1)!.length
    }
    letGo()
  } catch {
    // What came before counts.
  }
  clearTimeout(timer)
  const whole = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  Object.assign(error, {
    // A character that was cut is left out.
    body: new TextDecoder().decode(whole, { stream: true }),
    response: copyOf(response, whole),
  })
}

function copyOf(response: Response, body: Uint8Array<ArrayBuffer>): Response {
  const { status, statusText, headers, url, redirected } = response
  try {
    const copy = new Response(/^(101|20[45]|304)$/.test(`${status}`) ? null : body, { status, statusText, headers })
    return Object.defineProperties(copy, { url: { value: url }, redirected: { value: redirected } })
  } catch {
    // A host without the class, or a status that no response can be made with.
    return response
  }
}
