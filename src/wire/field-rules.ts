/** Where a value would end its line, or be ignored by readers (NUL in an `id`). */
export const LINE_OR_NUL: RegExp = /[\r\n\0]/

/** Any of the three line endings of the format (WHATWG HTML 9.2.5). */
export const LINE_ENDING: RegExp = /\r\n|\r|\n/g

/** The same for an id, which must not have white space at either end besides: HTTP strips it from the header that sends it back. */
export const LINE_NUL_OR_OUTER_SPACE: RegExp = /[\r\n\0]|^[\t ]|[\t ]$/

/** What arrives changed: a CR comes out as LF, half of a surrogate pair as U+FFFD. */
export const LOSSY: RegExp = /\r|\p{Surrogate}/u

/** The one form of a `retry` value that readers take (WHATWG HTML 9.2.6). */
export const ASCII_DIGITS: RegExp = /^[0-9]+$/
