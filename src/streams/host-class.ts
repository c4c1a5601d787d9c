import { BRAND } from '../errors.js'

/**
 * A class of the host, to extend. If the host has none, the class that extends it throws a `TypeError` with the code `ERR_HOST`
 * when it is made: to import it does no harm.
 *
 * @param heir the name of the class that extends it
 */
export function hostClass<T>(name: string, heir: string): T {
  function Missing(): never {
    const error = new TypeError(`${heir} needs ${name}, which this host lacks. Load a polyfill first`)
    throw Object.assign(error, { code: 'ERR_HOST', [BRAND]: true })
  }
  return ((globalThis as Record<string, unknown>)[name] ?? Missing) as T
}
