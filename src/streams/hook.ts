import type { ServerSentEvent } from '../wire/types.js'

/**
 * Calls a function of the options whose answer nobody waits for. `onThrown` is told what it throws; and what it rejects with, if it
 * is asynchronous all the same: that would be an unhandled rejection.
 */
export function tellHook(call: () => unknown, onThrown: (cause: unknown) => void): void {
  try {
    const answer = call() as PromiseLike<unknown> | undefined
    if (typeof answer?.then === 'function') void answer.then(undefined, onThrown)
  } catch (cause) {
    onThrown(cause)
  }
}

/** Asks `until` of the options. @throws {TypeError} if it gives a promise, which would end each stream at its first event. */
export function isLast(
  options: { until?: ((event: ServerSentEvent) => unknown) | undefined },
  event: ServerSentEvent,
): boolean {
  const answer = options.until?.(event)
  if (answer instanceof Promise) throw new TypeError('until gave a promise, not a boolean')
  return !!answer
}
