import type { BackoffOptions } from './types.js'

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
