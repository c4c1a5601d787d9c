import { afterTurn } from '../streams/after-turn.js'
import { backoffDelay } from '../wire/backoff.js'

/** Milliseconds between attempts to connect. */
const SCHEDULE = { base: 100, max: 2000, factor: 2, jitter: 0.5 }

/**
 * Settles as `promise` does or, after `ms` milliseconds, rejects with what `late` gives. An answer that came while the
 * event loop was blocked, or the process was stopped, is no late one.
 */
export function bounded<T>(promise: Promise<T>, ms: number, late: () => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = afterTurn(ms, () => reject(late()))
    promise.then(resolve, reject).finally(stop)
  })
}

/** The time before the next attempt after `failures` in a row, cut short by `signal`. Never rejects. */
export function pause(failures: number, signal: AbortSignal): Promise<void> {
  return sleep(backoffDelay(SCHEDULE, failures), signal)
}

/** Some milliseconds, cut short by `signal`. Never rejects. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
