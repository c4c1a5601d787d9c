import { EVENT_STREAM_TYPE } from '../wire/constants.js'
import { headerOf } from './event-request.js'
import type { NodeRequest } from './node-types.js'

/**
 * Tells whether a request accepts an event stream (RFC 9110, section 12.5.1): the most specific range
 * of its `Accept` header that covers `text/event-stream` decides, with its weight (`q=0` is a no). A
 * request without the header accepts everything. Pure.
 *
 * @example
 * ```ts
 * import { acceptsEventStream } from 'eventwire/server'
 *
 * const asking = (accept: string) => new Request('http://localhost/', { headers: { accept } })
 * acceptsEventStream(asking('text/event-stream')) // => true
 * acceptsEventStream(asking('application/json, text/*;q=0.5')) // => true
 * acceptsEventStream(asking('text/event-stream;q=0, *\/*')) // => false
 * ```
 */
export function acceptsEventStream(request: Request | NodeRequest): boolean {
  const accept = headerOf(request, 'accept')?.trim()
  if (!accept) return true
  const weights = new Map<string, number>()
  // Quoted parameters go first: they may have commas and semicolons of their own.
  for (const range of accept
    .replace(/"(?:[^"\\]|\\.)*"?/g, '')
    .toLowerCase()
    .split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
    weights.set(type, Math.max(weights.get(type) ?? 0, weightOf(parameters)))
  }
  return (weights.get(EVENT_STREAM_TYPE) ?? weights.get('text/*') ?? weights.get('*/*') ?? 0) > 0
}

/** 1 where no parameter gives a weight. */
function weightOf(parameters: string[]): number {
  const weight = parameters.find((parameter) => /^q=\d+(\.\d*)?$/.test(parameter))?.slice(2)
  return weight === undefined ? 1 : Number(weight)
}
