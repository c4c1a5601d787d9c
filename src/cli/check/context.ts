import type { FairClock } from './fair-clock.js'
import { Probe, type ProbeRequest } from './probe.js'

/** What all audits share: the request to make, and how long to wait. All times are milliseconds. */
export interface AuditContext {
  readonly request: ProbeRequest
  /** The server's own address, without what stands before it. */
  readonly direct: URL | undefined
  /** Sends text to the stream: `{}` in it is replaced. */
  readonly echo: string | undefined
  readonly origin: string | undefined
  /** An id that the server gave so long ago that its event is gone. */
  readonly oldId: string | undefined
  readonly timeout: number
  readonly watch: number
  /** After how long without a byte the proxies on the way hang up. */
  readonly idleLimit: number
  readonly readers: number
  readonly clock: FairClock
  readonly signal: AbortSignal
}

/** Opens a probe that is closed when `work` is over, or the audit is given up. */
export async function withProbe<T>(
  { request, clock, signal }: AuditContext,
  more: Partial<ProbeRequest>,
  work: (probe: Probe) => Promise<T>,
): Promise<T> {
  const probe = new Probe({ ...request, ...more, headers: { ...request.headers, ...more.headers } }, clock)
  const leave = (): void => probe.close()
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  try {
    return await work(probe)
  } finally {
    signal.removeEventListener('abort', leave)
    probe.close()
  }
}

/** Resolves after `ms`, or when the audit is given up. */
export function pause({ clock, signal }: AuditContext, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', left)
      resolve()
    })
    const left = (): void => {
      cancel()
      resolve()
    }
    signal.addEventListener('abort', left, { once: true })
    if (signal.aborted) left()
  })
}

/** How a request is told to people. */
export const shown = ({ method, url }: ProbeRequest, more = ''): string =>
  `${method} ${url.pathname}${more && `, ${more}`}`
