import type { RequestOptions } from '../request-options.js'

/** What is inspected. */
export interface Target extends RequestOptions {
  readonly url: URL
}

const FIELD = /^[!#$%&'*+.^_`|~\w-]+$/

/** A target from the page's form. @throws {TypeError} that says what is wrong. */
export function targetOf(value: unknown): Target {
  const { url, method = 'GET', headers = {}, body } = (value ?? {}) as Record<string, unknown>
  if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new TypeError('The address must begin with http:// or https://.')
  }
  if (typeof method !== 'string' || !/^[A-Z]{1,20}$/.test(method))
    throw new TypeError('The method must be a word such as GET.')
  if (body !== undefined && typeof body !== 'string') throw new TypeError('The body must be text.')
  for (const [name, field] of Object.entries(headers as object)) {
    if (!FIELD.test(name) || typeof field !== 'string' || !/^[\t\x20-\x7e\x80-\xff]*$/.test(field)) {
      throw new TypeError(`The header ${JSON.stringify(name)} cannot be sent.`)
    }
  }
  return { url: new URL(url), method, headers: headers as Record<string, string>, body: body || undefined }
}
