import { OptionError } from '../errors/option-error.js'
import { check } from '../options/check-options.js'

/** What relative URLs are relative to: the page, or the worker; `undefined` where there is neither. */
export function baseUrl(): string | undefined {
  const { document, location } = globalThis as { document?: { baseURI?: string }; location?: { href?: string } }
  return document?.baseURI ?? location?.href
}

/**
 * The URL that `fetch` is called with, absolute. Of what a URL has only `href` is used here and below: some hosts have
 * nothing else.
 *
 * @throws {OptionError}
 */
export function requestUrl(given: string | URL, ownFetch: unknown, base: string | undefined = baseUrl()): string {
  let href: string
  try {
    href = new URL(given, base).href
  } catch {
    const why = base === undefined ? ', and absolute: there is no page that it could be relative to' : ''
    throw new OptionError('url', `must be a URL${why}`)
  }
  // Fetch refuses both, but not in a way that tells them from a network error.
  check('url', !/^[^/]*\/\/[^/?#]*@/.test(href), 'must not hold a user name or password. Use headers')
  // The scheme of an app is known to the fetch of its page.
  const { location } = globalThis as { location?: Partial<Location> }
  const [protocol = ''] = /^[^:]*:/.exec(href) ?? []
  const isKnown = ownFetch || location?.href?.startsWith(protocol) || /^https?:$/.test(protocol)
  check('url', isKnown, `must be http: or https:, not ${protocol}`)
  return href
}

/** The origin of an absolute URL. */
export function originOf(href: string): string {
  return (/^[^/]*\/\/[^/?#]*/.exec(href)?.[0] ?? 'null').replace(/\/\/.*@/, '//')
}

/** `href` with one parameter set. All others stay as they were written, which signed URLs depend on. */
export function withParameter(href: string, name: string, value: string): string {
  const [whole, path, query = '', hash] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(href) as unknown as string[]
  if (whole === undefined) return href
  const pair = `${form(name)}=${form(value)}`
  let isSet = false
  const pairs = query ? query.split('&') : []
  const all = pairs.flatMap((given) => {
    if (read(given.split('=')[0]!) !== name) return [given]
    const first = isSet ? [] : [pair]
    isSet = true
    return first
  })
  if (!isSet) all.push(pair)
  return `${path}?${all.join('&')}${hash ?? ''}`
}

function form(text: string): string {
  const escaped = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
  return escaped.replace(/%20/g, '+').replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

function read(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch {
    return text
  }
}
