import { Probe, type ProbeRequest } from './probe.js'

/** What all audits share: the request to make, and how long to wait. All times are milliseconds. */
export interface AuditContext {
  readonly request: ProbeRequest
  /** The server's own address, without what stands before it. */
  readonly direct: URL | undefined
  /** Sends text to the stream: `{}` in it is replaced. */
  readonly echo: string | undefined
  readonly origin: string | undefined
  readonly timeout: number
  readonly watch: number
  /** After how long without a byte the proxies on the way hang up. */
  readonly idleLimit: number
  readonly readers: number
  readonly signal: AbortSignal
}

/** Opens a probe that is closed when `work` is over, or the audit is given up. */
export async function withProbe<T>(
  { request, signal }: AuditContext,
  more: Partial<ProbeRequest>,
  work: (probe: Probe) => Promise<T>,
): Promise<T> {
  const probe = new Probe({ ...request, ...more, headers: { ...request.headers, ...more.headers } })
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

/** How a request is told to people. */
export const shown = ({ method, url }: ProbeRequest, more = ''): string =>
  `${method} ${url.pathname}${more && `, ${more}`}`
