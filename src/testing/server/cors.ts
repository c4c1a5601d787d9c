import type { NodeResponse } from '../../server/node-types.js'
import type { ScriptedRequest } from './types.js'

type Seen = Pick<ScriptedRequest, 'method' | 'headers'>

/** Whether a browser asks what a page may send (Fetch, CORS-preflight request). */
export function isPreflight({ method, headers }: Seen): boolean {
  return method === 'OPTIONS' && 'origin' in headers && 'access-control-request-method' in headers
}

/** Allows all that is asked for, so that the request itself comes. */
export function answerPreflight(res: NodeResponse, { headers }: Seen): void {
  res.statusCode = 204
  allowOrigin(res, headers['origin']!)
  res.setHeader('access-control-allow-methods', headers['access-control-request-method']!)
  const asked = headers['access-control-request-headers']
  if (asked) res.setHeader('access-control-allow-headers', asked)
  ;(res as { end(): void }).end()
}

/** Lets that origin read the answer, with credentials too, for which a `*` does not count. */
export function allowOrigin(res: NodeResponse, origin: string): void {
  res.setHeader('access-control-allow-origin', origin)
  res.setHeader('access-control-allow-credentials', 'true')
}
