import type fc from 'fast-check'

const IS_CI = process.env['EVENTWIRE_CI'] === '1'

/** Milliseconds one property may take outside CI, so that `npm test` stays quick. */
const TIME_BOX = 500

/** Bytes up to which a fixture is cut at every place, which costs the square of them. */
export const CUT_EVERYWHERE = IS_CI ? 2000 : 400

/** Milliseconds after which a property in CI is taken to hang. */
export const TIMEOUT = 300_000

/** Runs `count` cases in CI, and elsewhere as many of them as fit in the time box. */
export function cases(count: number): fc.Parameters<unknown> {
  return IS_CI
    ? { numRuns: count }
    : { numRuns: count, interruptAfterTimeLimit: TIME_BOX, markInterruptAsFailure: false }
}
