import type { EventRequest } from '../event-request.js'
import { streamFields, webHeaders } from '../response-head.js'
import type { ChannelOptions } from './channel-options.js'

/** What a reader was let in with. */
export interface Admission<C> {
  readonly context: C
  readonly topics: ReadonlySet<string> | undefined
}

/** Asks the hooks whether to let a reader in. Gives what it is answered instead where not. Never rejects. */
export async function admit<M, C>(
  options: ChannelOptions<M, C>,
  request: EventRequest,
  report: (error: unknown) => void,
): Promise<Admission<C> | Response> {
  try {
    const context = (await options.authorize?.(request)) as C | Response
    if (isResponse(context)) return context
    const topics = options.topics && topicSet(await options.topics(context, request))
    if (request.method !== 'HEAD') return { context, topics }
    return new Response(null, { headers: webHeaders(streamFields()) })
  } catch (error) {
    report(error)
    return new Response('Internal Server Error\n', { status: 500 })
  }
}

// Not `instanceof`: a response of another realm, or of a package, taken for a context would let everyone in.
export function isResponse(value: unknown): value is Response {
  const { status, headers, arrayBuffer } = (value ?? {}) as Partial<Response>
  return typeof status === 'number' && typeof headers === 'object' && typeof arrayBuffer === 'function'
}

function topicSet(topics: string | Iterable<string>): ReadonlySet<string> {
  const list = typeof topics === 'string' ? [topics] : [...topics]
  if (list.every((topic) => typeof topic === 'string')) return new Set(list)
  throw new TypeError('topics must give strings.')
}
