import { decodeHeader, isUsableId } from './last-event-id.js'
import type { NodeRequest } from './node-types.js'

/**
 * A request of either world behind one face. Nothing is copied or parsed before it is read. All of it
 * is what the reader sent: trust none of it.
 */
export interface EventRequest {
  /** The HTTP method, as it was sent. */
  readonly method: string
  /**
   * The full URL. On Node it is put together from the request target (`originalUrl` where a framework
   * has set it) and the Host header; where that is no host, `localhost` stands in.
   */
  readonly url: URL
  /** The headers of the request. One that was sent several times is joined with commas. */
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
  let url: URL | undefined
  return {
    raw,
    get method() {
      return raw.method ?? 'GET'
    },
    get url() {
      return (url ??= new URL(isWebRequest(raw) ? raw.url : nodeAddress(raw)))
    },
    get headers() {
      return isWebRequest(raw) ? raw.headers : { get: (name: string) => headerOf(raw, name) }
    },
    get lastEventId() {
      const id = requestedId(this)
      return isUsableId(id) ? id : ''
    },
  }
}

export function isWebRequest(raw: unknown): raw is Request {
  return typeof (raw as Request | null | undefined)?.headers?.get === 'function'
}

/** A header of either kind of request; `null` where there is none. */
export function headerOf(raw: Request | NodeRequest, name: string): string | null {
  if (isWebRequest(raw)) return raw.headers.get(name)
  const key = name.toLowerCase()
  // Node keeps them in a plain object, which has a `constructor` that nobody sent.
  return Object.hasOwn(raw.headers, key) ? String(raw.headers[key]) : null
}

/** What the reader wants to go on from, be it an ID or not; `""` for nothing. */
export function requestedId(request: EventRequest): string {
  const header = headerOf(request.raw, 'last-event-id')
  if (header !== null) return decodeHeader(header)
  // The URL is costly, and hardly ever needed.
  return (request.raw.url?.includes('lastEventId=') && request.url.searchParams.get('lastEventId')) || ''
}

function nodeAddress(raw: NodeRequest): string {
  // Joined as text, not resolved: neither host nor target may reach into the other.
  const target = ((raw as { originalUrl?: string }).originalUrl ?? raw.url ?? '').replace(WHOLE_ORIGIN, '')
  const secure = (raw.socket as { encrypted?: boolean } | undefined)?.encrypted
  const scheme = headerOf(raw, ':scheme') ?? (secure ? 'https' : 'http')
  const origin = `${scheme}://${headerOf(raw, ':authority') ?? headerOf(raw, 'host') ?? ''}`
  return (ORIGIN.test(origin) && URL.canParse(origin) ? origin : 'http://localhost') + target.replace(/^(?!\/)/, '/')
}
