/** Characters of a last event ID that are taken over from a reader. */
const LONGEST_ID = 4096

/** Control characters, tab apart: an ID with one of them does not survive a request header. */
const CONTROL = /[^\t\P{Cc}]/u

/**
 * Undoes what HTTP does to an ID: readers send UTF-8 (WHATWG HTML 9.2.3), hosts show each byte as one
 * character. Bytes that are not UTF-8 give what is no usable ID.
 */
export function decodeHeader(value: string): string {
  // Decoded by the host already.
  if (/[^\0-\xff]/.test(value)) return value
  try {
    return decodeURIComponent(value.replace(/[%\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`))
  } catch {
    return '\0'
  }
}

/** Tells whether `id` can have come from an event stream. */
export function isUsableId(id: string): boolean {
  return id.length <= LONGEST_ID && !CONTROL.test(id)
}
