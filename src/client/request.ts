import { OptionError } from '../errors/option-error.js'
import { ASYNC_ITERATOR } from '../streams/async-symbols.js'
import { EVENT_STREAM_TYPE } from '../wire/constants.js'
import { askHook, callHook } from './hook.js'
import { lastEventIdHeader } from './last-event-id-header.js'
import type { Attempt, ConnectOptions } from './types.js'

/** What each request is made from. */
export interface RequestSource {
  /** The absolute URL; each attempt starts from it, wherever the one before was redirected to. */
  url: string
  headers?: ConnectOptions['headers']
  body?: ConnectOptions['body']
  /** Handed to `fetch` as it is. */
  init: RequestInit
}

/** A plain object for headers, so that a `fetch` of the user can spread it. */
export type PlainInit = RequestInit & { headers: Record<string, string> }

/** Makes the init of `fetch` for one attempt. Rejects with a `HookFailure`. */
export async function makeInit(source: RequestSource, attempt: Attempt, id: string): Promise<PlainInit> {
  const { headers, body } = source
  const given = typeof headers === 'function' ? await askHook('headers', () => headers(attempt)) : headers
  const fields = callHook('headers', () => new Headers(given as HeadersInit))
  if (!fields.has('accept')) fields.set('accept', EVENT_STREAM_TYPE)
  const value = id && lastEventIdHeader(id)
  if (value) fields.set('last-event-id', value)
  const content = typeof body === 'function' ? await askHook('body', () => body(attempt)) : body
  callHook('body', () => checkBody(content))
  return {
    ...source.init,
    signal: attempt.signal,
    headers: Object.fromEntries(fields),
    ...(content !== undefined && content !== null && { body: content as BodyInit }),
    // Fetch asks for it with a stream, and takes no other value.
    ...(isStream(content) && { duplex: 'half' }),
  }
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
  const { getReader, [ASYNC_ITERATOR]: iterate } = (body ?? {}) as Record<PropertyKey, unknown>
  return !!(getReader ?? iterate)
}
