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
