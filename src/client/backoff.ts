import { MAX_DELAY } from '../wire/constants.js'
import type { BackoffOptions } from './types.js'

export interface BackoffSchedule {
  max: number
  factor: number
  jitter: number
}

export interface HintRange {
  min: number
  max: number
}

/** The defaults of `connect()`. */
export const BACKOFF: Required<BackoffOptions> = {
  min: 1000,
  max: 30_000,
  factor: 2,
  jitter: 0.5,
  attempts: Infinity,
  stableAfter: 5000,
}

/**
 * The delay before the next attempt, in milliseconds.
 *
 * `base` is waited after an attempt that brought something and after the first that did not; it
 * grows by `factor` with each further one, up to `max`, or to `base` itself where that is above
 * `max`. A base of 0 grows as 1 would, so that a dead server is not asked in a tight loop.
 *
 * @param failures attempts in a row that brought nothing
 * @param random a number from 0 up to 1; 0 gives the whole delay, 1 takes all of the jitter off
 */
export function backoffDelay(
  { max, factor, jitter }: BackoffSchedule,
  base: number,
  failures: number,
  random: number,
): number {
  const grown = failures > 1 ? Math.max(base, Math.min(max, Math.max(base, 1) * factor ** (failures - 1))) : base
  return Math.min(MAX_DELAY, Math.round(grown * (1 - jitter * random)))
}

/** What a server asks for, within what the user allows. */
export function clampHint(ms: number, { min, max }: HintRange): number {
  return Math.min(Math.max(ms, min), max)
}

/**
 * Reads a `Retry-After` value (RFC 9110, 10.2.3): seconds, or any of the three HTTP date formats.
 *
 * @param now the time in milliseconds since the epoch
 * @returns milliseconds from now, never negative; `undefined` where the value is neither
 */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (!value) return
  if (/^\d+$/.test(value)) return +value * 1000
  // The asctime format names no zone, and would be read as local time.
  const date = /^[a-z]{3}/i.test(value) ? Date.parse(value.replace(/( GMT)?$/, ' GMT')) : NaN
  return date >= 0 ? Math.max(0, date - now) : undefined
}
