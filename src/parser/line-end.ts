/** Code units from which on it matters how a text is searched. */
const LONG = 512

/** Whether this is V8, which alone prints its own functions on one line. Any mistake costs time, not correctness. */
const IS_V8 = !String(String).includes('\n')

// A class of one character, which V8 compiles to a search unit by unit. A bare one is searched for as `indexOf` does.
export const LINE_FEED: RegExp = /[\n]/g
export const CARRIAGE_RETURN: RegExp = /[\r]/g

/**
 * Whether the letters of `text` slow down the search for line ends. V8 looks for the byte 0x0A or 0x0D, and stops at each
 * letter that holds it: all of Gurmukhi and Gujarati (U+0Axx), Malayalam and Sinhala (U+0Dxx). In a long text, two units are a sample that decides.
 */
export function hasDecoys(text: string): boolean {
  return (
    IS_V8 &&
    text.length > LONG &&
    (isDecoy(text.charCodeAt(text.length >> 1)) || isDecoy(text.charCodeAt(text.length >> 2)))
  )
}

function isDecoy(unit: number): boolean {
  return unit >> 8 === 0x0a || unit >> 8 === 0x0d
}

/** Where the next unit of `pattern`, one of the two, is from `at` on, -1 for nowhere. Where there are no decoys, `indexOf` is faster. */
export function find(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex - 1 : -1
}
