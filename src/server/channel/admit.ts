import type { EventRequest } from '../event-request.js'
import { streamFields, webHeaders } from '../response-head.js'
import type { ChannelOptions } from './channel-options.js'

/** What a reader was let in with. */
export interface Admission<C> {
  readonly context: C
  readonly topics: ReadonlySet<string> | undefined
}

export interface AdmitHost<M, C> {
  readonly options: ChannelOptions<M, C>
  /** Seconds after which to try again; `undefined` where there is room. */
  retryAfter(): number | undefined
  report(error: unknown): void
}

/** Lets a reader in, or gives what it is answered instead. Never rejects. */
export async function admit<M, C>(
  { options, retryAfter, report }: AdmitHost<M, C>,
  request: EventRequest,
): Promise<Admission<C> | Response> {
  const refuse = (): Response | undefined => {
    const seconds = retryAfter()
    if (seconds === undefined) return undefined
    return new Response('Service Unavailable\n', { status: 503, headers: { 'retry-after': `${seconds}` } })
  }
  try {
    // Before the hooks, which may be costly, and after them, because there may be room no more.
    const early = refuse()
    if (early) return early
    const context = (await options.authorize?.(request)) as C | Response
    if (isResponse(context)) return context
    const topics = options.topics && topicSet(await options.topics(context, request))
    const late = refuse()
    if (late) return late
    if (request.method !== 'HEAD') return { context, topics }
    return new Response(null, { headers: webHeaders(streamFields(undefined)) })
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
  const set = new Set(typeof topics === 'string' ? [topics] : topics)
  for (const topic of set) {
    if (typeof topic !== 'string') throw new TypeError('topics must give a string or several.')
  }
  // What is undefined would be no topics, and could as well be meant as all.
  if (topics === undefined || topics === null) throw new TypeError('topics must give a string or several.')
  return set
}
