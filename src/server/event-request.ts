import { decodeHeader, isUsableId } from './last-event-id.js'
import type { NodeRequest } from './node-types.js'

/**
 * A request of either world behind one face. Nothing is copied or parsed before it is read. All of it
 * is what the reader sent: trust none of it.
 */
export interface EventRequest {
  readonly method: string
  /**
   * The full URL. On Node it is put together from the request target (`originalUrl` where a framework
   * has set it) and the Host header; where that is no host, `localhost` stands in.
   */
  readonly url: URL
  readonly headers: {
    /** The value of a header, its name in any case; `null` where there is none. */
    get(name: string): string | null
  }
  /**
   * Where the reader wants to go on: its `Last-Event-ID` header, decoded from UTF-8; without one, the
   * query parameter `lastEventId`, which saves readers of another origin a preflight.
   *
   * `""` where there is neither, and for what cannot have been an ID: above 4096 characters, not
   * UTF-8, or with control characters.
   */
  readonly lastEventId: string
  /** The request itself. */
  readonly raw: Request | NodeRequest
}

/** What a target begins with when a proxy is asked. */
const WHOLE_ORIGIN = /^https?:\/\/[^/?#]*/i

/** A plain origin, without user, path or query. */
const ORIGIN = /^https?:\/\/[\w.~:[\]-]+$/

/** Puts the common face on a request. */
export function eventRequestOf(raw: Request | NodeRequest): EventRequest {
  return new LazyEventRequest(raw)
}

export function isWebRequest(raw: Request | NodeRequest): raw is Request {
  return typeof raw.headers.get === 'function'
}

/** A header of either kind of request; `null` where there is none. */
export function headerOf(raw: Request | NodeRequest, name: string): string | null {
  if (isWebRequest(raw)) return raw.headers.get(name)
  const key = name.toLowerCase()
  // Node keeps them in a plain object, which has a `constructor` that nobody sent.
  return Object.hasOwn(raw.headers, key) ? String(raw.headers[key]) : null
}

/** Tells whether the reader wants to go on from something that is no ID: it is no new reader either. */
export function hasUnusableLastEventId(request: EventRequest): boolean {
  return request.lastEventId === '' && requestedId(request) !== ''
}

class LazyEventRequest implements EventRequest {
  readonly raw: Request | NodeRequest
  #url: URL | undefined

  constructor(raw: Request | NodeRequest) {
    this.raw = raw
  }

  get method(): string {
    return this.raw.method ?? 'GET'
  }

  get url(): URL {
    return (this.#url ??= new URL(isWebRequest(this.raw) ? this.raw.url : nodeAddress(this.raw)))
  }

  get headers(): EventRequest['headers'] {
    const { raw } = this
    return isWebRequest(raw) ? raw.headers : { get: (name) => headerOf(raw, name) }
  }

  get lastEventId(): string {
    const id = requestedId(this)
    return id !== undefined && isUsableId(id) ? id : ''
  }
}

/** What the reader wants to go on from; `undefined` where it is no text. */
function requestedId(request: EventRequest): string | undefined {
  const header = headerOf(request.raw, 'last-event-id')
  if (header !== null) return decodeHeader(header)
  // The URL is costly, and hardly ever needed.
  return request.raw.url?.includes('lastEventId=') ? (request.url.searchParams.get('lastEventId') ?? '') : ''
}

function nodeAddress(raw: NodeRequest): string {
  // Joined as text, not resolved: neither host nor target may reach into the other.
  const target = ((raw as { originalUrl?: string }).originalUrl ?? raw.url ?? '').replace(WHOLE_ORIGIN, '')
  const path = target.startsWith('/') ? target : `/${target}`
  const host = headerOf(raw, ':authority') ?? headerOf(raw, 'host') ?? ''
  const secure = (raw.socket as { encrypted?: boolean } | undefined)?.encrypted
  const origin = `${headerOf(raw, ':scheme') ?? (secure ? 'https' : 'http')}://${host}`
  return (ORIGIN.test(origin) && URL.canParse(origin) ? origin : 'http://localhost') + path
}
