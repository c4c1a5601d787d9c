import { encodeLines } from './encode-lines.js'

/**
 * Writes a comment: one `: ` line for each line of `text`, no blank line after it (WHATWG HTML 9.2.5).
 * Readers dispatch nothing for it, which makes it the keep-alive of the format.
 *
 * Pure: keeps nothing, may be called from anywhere.
 *
 * @throws {EncodeError} where `text` is not a string.
 *
 * @example
 * ```ts
 * import { encodeComment } from 'eventwire/encoder'
 *
 * encodeComment('still here') // => ': still here\n'
 * ```
 */
export function encodeComment(text: string): string {
  return encodeLines(': ', text) + '\n'
}
