import { MAX_DELAY } from './constants.js'

/** How delays grow. Times are milliseconds. */
export interface BackoffSchedule {
  /** Waited after an attempt that brought something, and after the first that did not. */
  base: number
  /** The most it grows to, or the base itself where that is above. */
  max: number
  /** How much it grows with each further attempt. */
  factor: number
  /** From 0 to 1: the part of the delay that chance may take off. */
  jitter: number
}

/**
 * The delay before the next attempt, in milliseconds. A base of 0 grows as 1 would, so that a dead server is not asked in
 * a tight loop.
 *
 * @param failures attempts in a row that brought nothing
 * @param random a number from 0 up to 1; 0 gives the whole delay, 1 takes all of the jitter off
 */
export function backoffDelay(
  { base, max, factor, jitter }: BackoffSchedule,
  failures: number,
  random: number = Math.random(),
): number {
  const grown = failures > 1 ? Math.max(base, Math.min(max, Math.max(base, 1) * factor ** (failures - 1))) : base
  return Math.min(MAX_DELAY, Math.round(grown * (1 - jitter * random)))
}
