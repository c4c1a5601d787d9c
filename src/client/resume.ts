import { askHook, callHook } from './hook.js'
import { isStream, makeInit, type RequestSource } from './request.js'
import { requestUrl, withParameter } from './request-url.js'
import type { Attempt, Awaitable, ConnectOptions, ResumeRequest } from './types.js'

/** What a request that may resume is made from. */
export interface ResumeSource extends RequestSource {
  fetch?: ConnectOptions['fetch']
  resume: NonNullable<ConnectOptions['resume']>
  /** The `method` of the options, where it is a function. */
  askMethod?: ((attempt: Attempt) => Awaitable<string>) | undefined
}

/** Makes the arguments of `fetch` for one attempt. Rejects with a `HookFailure`. */
export async function makeRequest(source: ResumeSource, attempt: Attempt): Promise<[url: string, init: RequestInit]> {
  const { resume, url: first, fetch } = source
  const { lastEventId: id } = attempt
  if (!id || typeof resume !== 'function') {
    const url = id && typeof resume === 'object' ? withParameter(first, resume.query, id) : first
    return [url, await makeInit(await sourceOf(source, attempt, {}), attempt, resume === 'header' ? id : '')]
  }
  const asked: Awaitable<ResumeRequest | undefined> = askHook('resume', () => resume(attempt))
  const given = (await asked) ?? {}
  const [url, more] = callHook('resume', () => {
    if (typeof given !== 'object') throw new TypeError(`it gave ${given as string}, not an object`)
    const fields = [...new Headers(given.headers as HeadersInit)]
    return [given.url === undefined ? first : requestUrl(given.url, fetch, first), fields] as const
  })
  const init = await makeInit(await sourceOf(source, attempt, given), attempt, id)
  Object.assign(init.headers, Object.fromEntries(more))
  return [url, init]
}

/** `source` with the method and the body of this attempt. */
async function sourceOf(
  source: ResumeSource,
  attempt: Attempt,
  { method, body }: ResumeRequest,
): Promise<RequestSource> {
  const { init, askMethod } = source
  const used = method ?? (askMethod ? await askHook('method', () => askMethod(attempt)) : init.method!)
  callHook(method === undefined ? 'method' : 'resume', () => {
    if (typeof used !== 'string') throw new TypeError(`it gave the method ${used as string}, not a string`)
  })
  // What was meant for another method may not go with this one.
  const content = body === undefined && !/^(GET|HEAD)$/i.test(used) ? source.body : body
  callHook('body', () => {
    if (body === undefined && attempt.number > 1 && isStream(content)) {
      throw new TypeError('that of the options is a stream, which was sent. Give another one, or null')
    }
  })
  return { ...source, init: { ...init, method: used }, body: content }
}
