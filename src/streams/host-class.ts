/**
 * A class of the host, to extend. Where the host has none, one that says so when it is made: importing it does no harm.
 *
 * @param heir the name of the class that extends it
 */
export function hostClass<T>(name: string, heir: string): T {
  function Missing(): never {
    throw new TypeError(`${heir} needs ${name}, which this host does not have.`)
  }
  return ((globalThis as Record<string, unknown>)[name] ?? Missing) as T
}
