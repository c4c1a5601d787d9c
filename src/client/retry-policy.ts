import type { ConnectError } from '../errors/connect-error.js'
import type { ReconnectMode } from './types.js'

/** What is known when an attempt is over. */
export interface Outcome {
  mode: ReconnectMode
  /** That of the options. */
  method: string
  /** That of the request that is over, which `resume` may have changed. */
  usedMethod: string
  /** Why it is over; `undefined` for a clean end of the body. */
  error: ConnectError | undefined
  /**
   * The next request would say which event came last, and `resume` was given in words: the server is known to go on from
   * there instead of doing its work again.
   */
  isResumable: boolean
}

/** What follows an attempt where `retryIf` does not say: another one, the error (false), the end without one. */
export function retryPolicy({ mode, method, usedMethod, error, isResumable }: Outcome): boolean | 'end' {
  const isAuto = mode === 'auto'
  if (!error) return mode === 'always' || (isAuto && method === 'GET') || 'end'
  const { kind, status, retryAfter } = error
  // The server has nothing more, and says so.
  if (status === 204) return kind === 'incomplete' ? false : 'end'
  if (mode === 'never') return false
  const isSafe = !isAuto || /^(GET|HEAD|QUERY)$/.test(usedMethod) || isResumable
  if (kind !== 'http') return isSafe && /^(network|open-timeout|idle|incomplete)$/.test(kind)
  // The server says of these that it has not acted. A 503 without Retry-After may come from a proxy, after it has.
  if (/^(408|425|429)$/.test(`${status}`)) return true
  if (/^(503|529)$/.test(`${status}`) && retryAfter !== undefined) return true
  return isSafe && /^(50[0234]|52[0-5]|529|530)$/.test(`${status}`)
}
