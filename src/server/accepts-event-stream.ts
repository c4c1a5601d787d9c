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
  const accept = headerOf(request, 'accept')?.trim().toLowerCase()
  if (!accept) return true
  // Quoted parameters go first: they may have commas and semicolons of their own.
  const plain = accept.replace(/"(?:[^"\\]|\\.)*"?/g, '')
  const ranges = plain.split(',').map((range) => range.split(';').map((part) => part.trim()))
  for (const type of [EVENT_STREAM_TYPE, 'text/*', '*/*']) {
    const named = ranges.filter(([name]) => name === type)
    if (named.length > 0) return !named.every((parts) => parts.some((part) => /^q=0+(\.0*)?$/.test(part)))
  }
  return false
}
