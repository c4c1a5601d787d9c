import { ConformanceError } from './suite.js'

/** Settles as `promise` does. @throws {ConformanceError} after `ms` milliseconds. */
export function bounded<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new ConformanceError(`not within ${ms} ms: ${what}`)), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
