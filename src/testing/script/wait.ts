import { BRAND } from '../../errors.js'
import type { WaitStep } from './steps.js'

/** Resolves when the step may go on, or when `signal` aborts: the caller looks which. Leaves no timer or listener. */
export async function waitFor(until: WaitStep['wait'], signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  let leave!: () => void
  const left = new Promise<void>((resolve) => (leave = resolve))
  signal.addEventListener('abort', leave, { once: true })
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    if (typeof until === 'number') timer = setTimeout(leave, until)
    await Promise.race(typeof until === 'number' ? [left] : [left, typeof until === 'function' ? until() : until])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
  }
}

/**
 * Thrown when what a test waits for has not come in time. The message says what was there instead.
 *
 * @example
 * ```ts
 * import { createScriptedServer, WaitTimeoutError } from 'eventwire/testing/server'
 *
 * const server = await createScriptedServer([{ event: { data: 'hi' } }])
 * const error = await server.waitForRequest(1, { timeout: 10 }).catch((thrown: unknown) => thrown)
 * error instanceof WaitTimeoutError // => true
 * await server.close()
 * ```
 */
export class WaitTimeoutError extends Error {
  /** Does not change between minor versions; `docs/errors.md` has a heading for it. */
  readonly code = 'ERR_WAIT_TIMEOUT' as const

  override get name(): 'WaitTimeoutError' {
    return 'WaitTimeoutError'
  }

  get [BRAND](): true {
    return true
  }
}
