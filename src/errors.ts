/**
 * What all errors of this package carry, as a getter of their class: it costs no memory and stays out of
 * logs. Two copies of the package may meet in one program (a bundled one and an installed one), where
 * `instanceof` fails; the registry of symbols is shared.
 */
export const BRAND: unique symbol = /* @__PURE__ */ Symbol.for('eventwire.error') as never

/** What every error of this package has in common. `code` is stable; `docs/errors.md` has a heading for each. */
export interface EventWireError extends Error {
  /** Does not change between minor versions; messages may. */
  readonly code: string
}

/**
 * Tells whether `error` was made by eventwire, by any copy of it.
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
