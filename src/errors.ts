// Two copies of the package may meet in one program (a bundled one and an installed one), where
// `instanceof` fails. The brand lives in the registry that all copies share.
const BRAND: unique symbol = Symbol.for('eventwire.error') as never

/** What every error of this package has in common. `code` is stable; `docs/errors.md` has a heading for each. */
export interface EventWireError extends Error {
  readonly code: string
}

/** Marks `error` as one of ours. The property is not enumerable: it stays out of logs. */
export function brand(error: Error): void {
  Object.defineProperty(error, BRAND, { value: true })
}

/**
 * Tells whether `error` was made by eventwire, by whichever copy of it.
 *
 * Pure; may be called with anything, from anywhere.
 *
 * @example
 * ```ts
 * import { encode, isEventWireError } from 'eventwire'
 *
 * try {
 *   encode({ id: 'a\nb' })
 * } catch (error) {
 *   isEventWireError(error) // => true
 * }
 * ```
 */
export function isEventWireError(error: unknown): error is EventWireError {
  return typeof error === 'object' && error !== null && (error as { [BRAND]?: unknown })[BRAND] === true
}
