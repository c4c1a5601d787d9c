/** What relative URLs are relative to: the page, or the worker; `undefined` where there is neither. */
export function baseUrl(): string | undefined {
  const { document, location } = globalThis as { document?: { baseURI?: string }; location?: { href?: string } }
  return document?.baseURI ?? location?.href
}
