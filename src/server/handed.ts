import { check } from '../options/check-options.js'
import { isWebRequest } from './event-request.js'
import type { NodeRequest, NodeResponse } from './node-types.js'

/** Where frameworks keep what we take, in the objects they call handlers with. */
const WEB_PLACES = ['request', 'req', 'req.raw', 'raw']
const REQUEST_PLACES = ['raw', 'req', 'node.req']
const RESPONSE_PLACES = ['raw', 'res', 'node.res']

const isNodeRequest = (value: unknown): boolean => {
  const { headers, on } = (value ?? {}) as Partial<NodeRequest>
  return typeof headers === 'object' && !isWebRequest(value) && typeof on === 'function'
}

const isNodeResponse = (value: unknown): boolean => typeof (value as NodeResponse | null)?.writeHead === 'function'

/** @throws {OptionError} that says what of `value` to pass. */
export function checkWebRequest(value: unknown): asserts value is Request {
  check('request', isWebRequest(value), `must be a web Request.${hint(value, WEB_PLACES, isWebRequest)}`)
}

/** @throws {OptionError} that says what of them to pass. */
export function checkNodePair(req: unknown, res: unknown): void {
  if (isWebRequest(req)) check('req', false, 'must be a request of node:http. This is a web Request: use `fetch`.')
  check('req', isNodeRequest(req), `must be a request of node:http.${hint(req, REQUEST_PLACES, isNodeRequest)}`)
  // A framework's context has both.
  const from = res ?? req
  const text = `must be the response to req.${hint(from, RESPONSE_PLACES, isNodeResponse)}`
  check('res', isNodeResponse(res), text)
}

function hint(value: unknown, places: string[], isRight: (found: unknown) => boolean): string {
  for (const place of places) {
    let found: any = value
    try {
      for (const name of place.split('.')) found = found?.[name]
    } catch {
      continue
    }
    if (isRight(found)) return ` What you pass has one: hand over its \`${place}\`.`
  }
  return ''
}
