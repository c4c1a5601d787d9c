import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { messageOf } from '../command-error.js'
import type { Target } from './target.js'

const MOST_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** Why there is no answer to hand on. */
export class UpstreamError extends Error {
  readonly status: number | undefined

  constructor(message: string, status?: number) {
    super(message)
    this.status = status
  }
}

/**
 * Asks the target. Redirects are followed; to another origin only where nothing of the user's would go along.
 * The answer belongs to the caller, who destroys it.
 *
 * @throws {UpstreamError}
 */
export async function ask(target: Target, more: Record<string, string>, signal: AbortSignal): Promise<IncomingMessage> {
  let { url, method, body } = target
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    const response = await send({ ...target, url, method, body }, more, signal)
    const { statusCode, headers } = response
    if (!REDIRECTS.has(statusCode!) || headers.location === undefined) return response
    response.destroy()
    if (!URL.canParse(headers.location, url))
      throw new UpstreamError('The server redirects to what is no address.', 502)
    const next = new URL(headers.location, url)
    const isPrivate = Object.keys(target.headers).length > 0 || body !== undefined || url.username !== ''
    if (next.origin !== target.url.origin && isPrivate) {
      throw new UpstreamError(
        `A redirect to ${next.origin} is not followed: headers and body are meant for ${url.origin}.`,
        502,
      )
    }
    if (!/^https?:$/.test(next.protocol))
      throw new UpstreamError(`A redirect to ${next.protocol} is not followed.`, 502)
    url = next
    if (statusCode === 303 || (statusCode! < 303 && method === 'POST')) [method, body] = ['GET', undefined]
  }
  throw new UpstreamError(`More than ${MOST_REDIRECTS} redirects.`, 502)
}

function send(target: Target, more: Record<string, string>, signal: AbortSignal): Promise<IncomingMessage> {
  const { url, method, headers, body } = target
  return new Promise((resolve, reject) => {
    const open = url.protocol === 'https:' ? httpsRequest : httpRequest
    const request = open(url, {
      method,
      signal,
      agent: false,
      headers: { accept: 'text/event-stream', 'accept-encoding': 'identity', ...headers, ...more },
    })
    request.on('response', resolve)
    request.on('error', (error: NodeJS.ErrnoException) => reject(new UpstreamError(error.code ?? messageOf(error))))
    request.end(body)
  })
}
