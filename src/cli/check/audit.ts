import { CommandError } from '../command-error.js'
import { auditCors, auditInjection } from './audits/access.js'
import { auditCompression, auditFlow, auditOpening, auditSilence } from './audits/flow.js'
import { auditFormat, auditHead, auditReaders } from './audits/head.js'
import { auditResume } from './audits/resume.js'
import { withProbe, type AuditContext } from './context.js'
import type { Finding } from './rules.js'

/** Audits a server, one rule after the other. @throws {CommandError} where there is no server. */
export async function* audit(context: AuditContext): AsyncGenerator<Finding> {
  const findings: Finding[] = []
  const opened = await withProbe(context, {}, async (probe) => {
    await probe.until(() => probe.headAt !== undefined, context.timeout)
    if (probe.headAt === undefined && probe.error !== undefined) {
      throw new CommandError(`no answer from ${context.request.url.origin}: ${probe.error}`)
    }
    if (probe.headAt === undefined) return findings.push(...(await auditSilence(context))) < 0
    await probe.until(() => probe.chunks.length > 0, Math.min(1000, context.timeout))
    findings.push(...auditHead(context, probe))
    if (!probe.isStream) return false
    findings.push(auditOpening(context, probe), ...(await auditFlow(context, probe)), ...auditFormat(context, probe))
    return true
  })
  yield* findings
  if (!opened || context.signal.aborted) return
  yield* await withProbe(context, {}, async (witness) => {
    const resumed = await auditResume(context, witness)
    return [...resumed, await auditInjection(context, witness)]
  })
  yield* await auditCors(context)
  yield await auditCompression(context)
  if (context.readers > 1) yield* await auditReaders(context)
}
