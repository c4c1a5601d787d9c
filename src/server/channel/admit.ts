import type { EventRequest } from '../event-request.js'
import { atOnce } from '../async.js'
import type { ChannelOptions } from './channel-options.js'
import { topicSet, type Admission } from './reader.js'

/** What `authorize` says: the reader's context, or what refuses it; `undefined` for a plain no. */
export type Authorization = { readonly context: unknown } | { readonly refusal: Response | undefined }

/** Fails closed: what a forgotten `return` gives is a no. Rejects with what the hook throws. */
export async function authorize<M, C>(options: ChannelOptions<M, C>, request: EventRequest): Promise<Authorization> {
  if (!options.authorize) return { context: undefined }
  const context: unknown = await options.authorize(request)
  if (isResponse(context)) return { refusal: context }
  return context === undefined || context === null || context === false ? { refusal: undefined } : { context }
}

/** What else the hooks say of a reader that is let in. Rejects with what they throw. */
export async function describe<M, C>(
  options: ChannelOptions<M, C>,
  request: EventRequest,
  context: C,
): Promise<Admission> {
  const topics = options.topics && topicSet(await options.topics(context, request))
  const user: unknown = atOnce('limit.by', options.limit?.by(context, request))
  return { context, topics, request, user: user === undefined ? undefined : String(user) }
}

// Not `instanceof`: a response of another realm, or of a package, taken for a context would let everyone in.
function isResponse(value: unknown): value is Response {
  const { status, headers, arrayBuffer } = (value ?? {}) as Partial<Response>
  return typeof status === 'number' && typeof headers === 'object' && typeof arrayBuffer === 'function'
}
