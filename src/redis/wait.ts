import { backoffDelay } from '../wire/backoff.js'

/** Milliseconds between attempts to connect. */
const SCHEDULE = { base: 100, max: 2000, factor: 2, jitter: 0.5 }

/**
 * Settles as `promise` does or, after `ms` milliseconds, rejects with what `late` gives.
 *
 * Timers run before sockets are read: an answer that came while the event loop was blocked, or the process was
 * stopped, is read once before it is called late.
 */
export function bounded<T>(promise: Promise<T>, ms: number, late: () => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer = setTimeout(() => {
      timer = setTimeout(() => reject(late()), 0)
    }, ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
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
