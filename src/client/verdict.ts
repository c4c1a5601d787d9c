import type { ConnectError } from '../errors/connect-error.js'
import type { ReconnectMode } from './types.js'

/** What follows an attempt: another one (`true`), the end with the error (`false`), the end without one. */
export type Verdict = boolean | 'end'

/**
 * Decides what follows an attempt, where `retryIf` does not.
 *
 * @param error why the attempt is over; `undefined` for a clean end of the body
 * @param resumable the next request would say which event came last, so that the server goes on from
 * there instead of doing its work again
 */
export function verdict(
  mode: ReconnectMode,
  method: string,
  error: ConnectError | undefined,
  resumable: boolean,
): Verdict {
  const isAuto = mode === 'auto'
  if (!error) return mode === 'always' || (isAuto && method === 'GET') || 'end'
  if (mode === 'never') return false
  const repeatable = !isAuto || /^(GET|HEAD|QUERY)$/.test(method) || resumable
  return error.kind === 'http'
    ? // The server says of the first ones that it has not acted: asking again does nothing twice.
      /^(408|425|429|503)$/.test(`${error.status}`) || (repeatable && /^50[024]$/.test(`${error.status}`))
    : repeatable && /^(network|open-timeout|idle)$/.test(error.kind)
}
