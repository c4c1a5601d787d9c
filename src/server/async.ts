import { OptionError } from '../errors/option-error.js'

/** `T`, or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>

export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | null | undefined)?.then === 'function'
}

/** A promise and what settles it. */
export interface Deferred<T> {
  promise: Promise<T>
  resolve(value: T): void
}

export function defer<T>(): Deferred<T> {
  const deferred = {} as Deferred<T>
  deferred.promise = new Promise<T>((resolve) => (deferred.resolve = resolve))
  return deferred
}

/** Calls what is the user's. What it throws, or rejects with later, goes to `onError`. */
export async function attempt(action: () => unknown, onError: (error: unknown) => void): Promise<void> {
  try {
    await action()
  } catch (error) {
    onError(error)
  }
}

/**
 * The answer of a user's function that must answer at once.
 *
 * @throws {OptionError} for a promise. If that promise rejects, the rejection is handled here.
 */
export function atOnce<T>(name: string, answer: T): T {
  if (!isThenable(answer)) return answer
  answer.then(undefined, () => {})
  throw new OptionError(name, 'must answer at once, not with a promise')
}
