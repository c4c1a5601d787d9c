/** Where a value would end its line, or be ignored by readers (NUL in an `id`). */
export const LINE_OR_NUL: RegExp = /[\r\n\0]/

/** Any of the three line endings of the format (WHATWG HTML 9.2.5). */
export const LINE_ENDING: RegExp = /\r\n|\r|\n/g

/** White space that HTTP strips from a header value, so that an id would not come back as it was sent. */
export const OUTER_SPACE: RegExp = /^[\t ]|[\t ]$/

/** What arrives changed: a CR comes out as LF, half of a surrogate pair as U+FFFD. */
export const LOSSY: RegExp = /\r|\p{Surrogate}/u

/** The one form of a `retry` value that readers take: ASCII digits. */
export function parseReconnectionTime(value: string): number | undefined {
  return /^[0-9]+$/.test(value) ? Number(value) : undefined
}
