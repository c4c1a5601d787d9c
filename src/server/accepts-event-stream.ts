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
  const ranges = rangesOf(request)
  if (!ranges) return true
  for (const type of [EVENT_STREAM_TYPE, 'text/*', '*/*']) {
    const named = ranges.filter(([name]) => name === type)
    if (named.length > 0) return named.some(isWanted)
  }
  return false
}

/** Whether it asks for an event stream by name, as an `EventSource` does. */
export function namesEventStream(request: Request | NodeRequest): boolean {
  return rangesOf(request)?.some((range) => range[0] === EVENT_STREAM_TYPE && isWanted(range)) === true
}

/** Each range with its parameters; `undefined` without the header. */
function rangesOf(request: Request | NodeRequest): string[][] | undefined {
  const accept = headerOf(request, 'accept')?.trim().toLowerCase()
  if (!accept) return undefined
  // Quoted parameters go first: they may have commas and semicolons of their own.
  const plain = accept.replace(/"(?:[^"\\]|\\.)*"?/g, '')
  return plain.split(',').map((range) => range.split(';').map((part) => part.trim()))
}

function isWanted(range: string[]): boolean {
  return !range.some((part) => /^q=0+(\.0*)?$/.test(part))
}
