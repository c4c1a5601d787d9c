import { check } from '../options/check-options.js'
import { isWebRequest } from './event-request.js'
import type { NodeRequest, NodeResponse } from './node-types.js'

/** Where frameworks keep what we take, in the objects they call handlers with. `''` is the object itself. */
const PLACES = ['', 'request', 'req', 'raw', 'req.raw', 'node.req', 'request.raw', 'event.request', 'event.node.req']
const RESPONSE_PLACES = ['raw', 'res', 'node.res', 'response', 'event.node.res']

const isNodeRequest = (value: unknown): boolean => {
  const { headers, on } = (value ?? {}) as Partial<NodeRequest>
  return typeof headers === 'object' && !isWebRequest(value) && typeof on === 'function'
}

const isNodeResponse = (value: unknown): boolean => typeof (value as NodeResponse | null)?.writeHead === 'function'

/** @throws {OptionError} that says what of `value` to pass. */
export function checkWebRequest(value: unknown): asserts value is Request {
  if (isWebRequest(value)) return
  const web = placeOf(value, PLACES, isWebRequest)
  const node = placeOf(value, PLACES, isNodeRequest)
  let hint = ''
  if (web !== undefined) hint = handOver(web)
  else if (node !== undefined)
    hint = ` What you pass ${has(node)} of node:http, which goes with its response: (req, res).`
  check('request', false, `must be a web Request.${hint}`)
}

/** @throws {OptionError} that says what of them to pass. */
export function checkNodePair(req: unknown, res: unknown): void {
  if (!isNodeRequest(req)) {
    const web = placeOf(req, PLACES, isWebRequest)
    const node = placeOf(req, PLACES, isNodeRequest)
    let hint = ''
    if (isNodeResponse(req) && isNodeRequest(res)) hint = ' The request comes first, then the response.'
    else if (node !== undefined) hint = handOver(node)
    else if (web !== undefined) hint = ` What you pass ${has(web)} of the web, which \`fetch\` takes.`
    check('req', false, `must be a request of node:http.${hint}`)
  }
  // A framework's context has both.
  const place = placeOf(res ?? req, RESPONSE_PLACES, isNodeResponse)
  const hint = place === undefined ? '' : handOver(place)
  check('res', isNodeResponse(res), `must be the response to req.${hint}`)
}

const handOver = (place: string): string => ` What you pass has one: hand over its \`${place}\`.`

const has = (place: string): string => (place === '' ? 'is one' : `has one, its \`${place}\`,`)

function placeOf(value: unknown, places: string[], isRight: (found: unknown) => boolean): string | undefined {
  return places.find((place) => {
    try {
      return isRight(place === '' ? value : place.split('.').reduce((found: any, name) => found?.[name], value))
    } catch {
      // A getter that does not like to be looked at.
      return false
    }
  })
}

/** @throws {OptionError} for a response that was answered already. */
export function checkUnsent(res: { headersSent: boolean } | undefined): void {
  check('res', !res?.headersSent, 'must be the response to req, its head not sent')
}
