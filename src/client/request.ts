import { EVENT_STREAM_TYPE } from '../wire/constants.js'
import { lastEventIdHeader } from './last-event-id.js'
import type { Attempt, ConnectOptions } from './types.js'

/** What each request is made from. */
export interface RequestSource {
  /** The absolute URL; each attempt starts from it, wherever the one before was redirected to. */
  url: string
  headers?: ConnectOptions['headers']
  body?: ConnectOptions['body']
  resume: 'header' | { query: string } | false
  /** Handed to `fetch` as it is. */
  init: RequestInit
}

/** Makes the arguments of `fetch` for one attempt. Rejects with what the header or body function throws. */
export async function makeRequest(
  { url, headers, body, resume, init }: RequestSource,
  attempt: Attempt,
): Promise<[url: string, init: RequestInit]> {
  const { lastEventId: id, signal } = attempt
  const fields = new Headers(typeof headers === 'function' ? await headers(attempt) : headers)
  if (!fields.has('accept')) fields.set('accept', EVENT_STREAM_TYPE)
  if (id && resume) {
    if (resume === 'header') {
      const value = lastEventIdHeader(id)
      if (value) fields.set('last-event-id', value)
    } else {
      url = withParameter(url, resume.query, id)
    }
  }
  const request: RequestInit & { duplex?: 'half' } = { ...init, signal, headers: fields }
  const content = typeof body === 'function' ? await body(attempt) : body
  if (content != null) request.body = content
  // Fetch asks for it with a stream, and takes no other value.
  if (isStream(content)) request.duplex = 'half'
  return [url, request]
}

/** Whether a body can be read once only. */
export function isStream(body: unknown): boolean {
  const { getReader, [Symbol.asyncIterator]: iterate } = (body ?? {}) as Record<PropertyKey, unknown>
  return !!(getReader ?? iterate)
}

function withParameter(href: string, name: string, value: string): string {
  const url = new URL(href)
  // Writing through searchParams would spell all other parameters anew, which breaks signed URLs.
  if (url.searchParams.has(name)) url.searchParams.set(name, value)
  else url.search += (url.search && '&') + new URLSearchParams([[name, value]])
  return url.href
}
