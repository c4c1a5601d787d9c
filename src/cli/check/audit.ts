import { CommandError } from '../command-error.js'
import { auditCors, auditInjection } from './audits/access.js'
import { auditCompression, auditFlow, auditOpening, auditSilence } from './audits/flow.js'
import { auditFormat, auditHead, auditReaders } from './audits/head.js'
import { auditMethods } from './audits/methods.js'
import { auditResume } from './audits/resume.js'
import { withProbe, type AuditContext } from './context.js'
import type { Probe } from './probe.js'
import type { Finding } from './rules.js'

const REDIRECTS = new Set([301, 302, 303, 307, 308])
const MOST_REDIRECTS = 5

/**
 * Audits a server, one rule after the other. Readers follow redirects, so what is audited is where they lead.
 *
 * @throws {CommandError} where there is no server.
 */
export async function* audit(context: AuditContext, hops = 0): AsyncGenerator<Finding> {
  const findings: Finding[] = []
  let next: URL | undefined
  const opened = await withProbe(context, {}, async (probe) => {
    await probe.until(() => probe.headAt !== undefined, context.timeout)
    if (probe.headAt === undefined && probe.error !== undefined)
      throw new CommandError(`no answer from ${context.request.url.origin}: ${probe.error}`)
    if (probe.headAt === undefined) return findings.push(...(await auditSilence(context))) < 0
    next = redirectOf(probe, context)
    if (next) return false
    await probe.until(() => probe.chunks.length > 0, Math.min(1000, context.timeout))
    findings.push(...auditHead(context, probe))
    if (!probe.isStream) return false
    findings.push(auditOpening(context, probe), ...(await auditFlow(context, probe)), ...auditFormat(context, probe))
    return true
  })
  if (next) {
    if (hops === MOST_REDIRECTS)
      throw new CommandError(`more than ${MOST_REDIRECTS} redirects, the last to ${next.href}`)
    return yield* audit({ ...context, request: { ...context.request, url: next } }, hops + 1)
  }
  yield* findings
  if (!opened || context.signal.aborted) return
  yield* await withProbe(context, {}, async (witness) => {
    const resumed = await auditResume(context, witness)
    return [...resumed, await auditInjection(context, witness)]
  })
  yield* await auditCors(context)
  yield* await auditMethods(context)
  yield await auditCompression(context)
  if (context.readers > 1) yield* await auditReaders(context)
}

/** Where a redirect leads. What is the user's own goes to no other origin. */
function redirectOf({ status, headers: { location } }: Probe, { request }: AuditContext): URL | undefined {
  const { url, headers, body } = request
  if (!REDIRECTS.has(status!) || location === undefined || !URL.canParse(location, url)) return undefined
  const next = new URL(location, url)
  if (next.origin !== url.origin && (body !== undefined || Object.keys(headers).length > 0))
    throw new CommandError(
      `${url.origin} redirects to ${next.origin}: check that address, your headers are not sent there`,
    )
  return next
}
