import { OptionError } from '../errors/option-error.js'
import { EVENT_STREAM_TYPE } from '../wire/constants.js'
import { lastEventIdHeader } from './last-event-id-header.js'
import { askHook, callHook } from './hook.js'
import { requestUrl, withParameter } from './request-url.js'
import type { Attempt, Awaitable, ConnectOptions, ResumeRequest } from './types.js'

/** What each request is made from. */
export interface RequestSource {
  /** The absolute URL; each attempt starts from it, wherever the one before was redirected to. */
  url: string
  headers?: ConnectOptions['headers']
  body?: ConnectOptions['body']
  fetch?: ConnectOptions['fetch']
  /** Handed to `fetch` as it is. */
  init: RequestInit
}

type Resume = NonNullable<ConnectOptions['resume']>

/** Makes the arguments of `fetch` for one attempt. Rejects with a `HookFailure`. */
export async function makeRequest(
  source: RequestSource,
  attempt: Attempt,
  resume: Resume,
): Promise<[url: string, init: RequestInit]> {
  const { lastEventId: id } = attempt
  if (!id || typeof resume !== 'function') {
    const url = id && typeof resume === 'object' ? withParameter(source.url, resume.query, id) : source.url
    return [url, await makeInit(source, attempt, resume === 'header')]
  }
  const asked: Awaitable<ResumeRequest | undefined> = askHook('resume', () => resume(attempt))
  const given = (await asked) ?? {}
  return callHook('resume', () => {
    const { url, method, headers, body } = given
    if (typeof given !== 'object') throw new TypeError(`it gave ${given as string}, not an object`)
    const init = { ...source.init, ...(method !== undefined && { method }) }
    // What was meant for another method may not go with this one.
    const isBare = body === null || (body === undefined && /^(GET|HEAD)$/i.test(init.method ?? 'GET'))
    const next: RequestSource = {
      ...source,
      url: url === undefined ? source.url : requestUrl(url, source.fetch, source.url),
      init,
      body: isBare ? undefined : (body ?? source.body),
    }
    return makeInit(next, attempt, true, headers).then((made): [string, RequestInit] => [next.url, made])
  })
}

/** @param more headers that take the place of others */
export async function makeInit(
  { headers, body, init }: RequestSource,
  attempt: Attempt,
  tellsId: boolean,
  more?: ResumeRequest['headers'],
): Promise<RequestInit> {
  const given = typeof headers === 'function' ? await askHook('headers', () => headers(attempt)) : headers
  const fields = callHook('headers', () => new Headers(given as HeadersInit))
  if (!fields.has('accept')) fields.set('accept', EVENT_STREAM_TYPE)
  const id = tellsId && attempt.lastEventId && lastEventIdHeader(attempt.lastEventId)
  if (id) fields.set('last-event-id', id)
  callHook('resume', () => {
    new Headers(more as HeadersInit).forEach((value, name) => fields.set(name, value))
  })
  // A plain object, so that a `fetch` of the user can spread it.
  const request: RequestInit & { duplex?: 'half' } = {
    ...init,
    signal: attempt.signal,
    headers: Object.fromEntries(fields),
  }
  const content = typeof body === 'function' ? await askHook('body', () => body(attempt)) : body
  callHook('body', () => checkBody(content))
  if (content !== undefined && content !== null) request.body = content as BodyInit
  // Fetch asks for it with a stream, and takes no other value.
  if (isStream(content)) request.duplex = 'half'
  return request
}

/** @throws {OptionError} for what `fetch` would turn into a text that nobody means, or cannot send. */
export function checkBody(body: unknown): void {
  const { constructor, locked } = Object(body ?? '') as { constructor: unknown; locked?: boolean }
  if (constructor === Object || constructor === Array) {
    throw new OptionError('body', 'must be what fetch takes. Use JSON.stringify')
  }
  if (locked) throw new OptionError('body', 'is a stream that somebody else reads')
}

/** Whether a body can be read once only. */
export function isStream(body: unknown): boolean {
  const { getReader, [Symbol.asyncIterator]: iterate } = (body ?? {}) as Record<PropertyKey, unknown>
  return !!(getReader ?? iterate)
}
