import { askHook, callHook } from './hook.js'
import { isStream, makeInit, type RequestSource } from './request.js'
import { requestUrl, withParameter } from './request-url.js'
import type { Attempt, Awaitable, ConnectOptions, ResumeRequest } from './types.js'

/** What a request that may resume is made from. */
export interface ResumeSource extends RequestSource {
  fetch?: ConnectOptions['fetch']
  resume: NonNullable<ConnectOptions['resume']>
}

/** Makes the arguments of `fetch` for one attempt. Rejects with a `HookFailure`. */
export async function makeRequest(source: ResumeSource, attempt: Attempt): Promise<[url: string, init: RequestInit]> {
  const { resume, url: first, fetch } = source
  const { lastEventId: id } = attempt
  if (!id || typeof resume !== 'function') {
    const url = id && typeof resume === 'object' ? withParameter(first, resume.query, id) : first
    return [url, await makeInit(source, attempt, resume === 'header' ? id : '')]
  }
  const asked: Awaitable<ResumeRequest | undefined> = askHook('resume', () => resume(attempt))
  const given = (await asked) ?? {}
  const next = callHook('resume', (): RequestSource & { more: [string, string][] } => {
    const { url, method, headers, body } = given
    if (typeof given !== 'object') throw new TypeError(`it gave ${given as string}, not an object`)
    const init = { ...source.init, ...(method !== undefined && { method }) }
    // What was meant for another method may not go with this one.
    const isBare = body === null || (body === undefined && /^(GET|HEAD)$/i.test(init.method ?? 'GET'))
    if (!isBare && body === undefined && attempt.number > 1 && isStream(source.body)) {
      throw new TypeError('the body of the options is a stream, which was sent. Give another one, or null')
    }
    return {
      ...source,
      url: url === undefined ? first : requestUrl(url, fetch, first),
      init,
      body: isBare ? undefined : (body ?? source.body),
      more: [...new Headers(headers as HeadersInit)],
    }
  })
  const init = await makeInit(next, attempt, id)
  Object.assign(init.headers, Object.fromEntries(next.more))
  return [next.url, init]
}
