import { audit } from '../../../src/cli/check/audit.js'
import type { AuditContext } from '../../../src/cli/check/context.js'
import { FairClock } from '../../../src/cli/check/fair-clock.js'
import type { Finding } from '../../../src/cli/check/rules.js'

/** The findings of an audit in this process, with short waits. */
export async function findingsAt(
  url: string,
  { headers = {}, ...more }: Partial<AuditContext> & { headers?: Record<string, string> } = {},
): Promise<Finding[]> {
  const clock = new FairClock()
  const context: AuditContext = {
    request: { url: new URL(url), method: 'GET', headers, body: undefined },
    direct: undefined,
    echo: undefined,
    origin: undefined,
    oldId: undefined,
    timeout: 2500,
    watch: 900,
    idleLimit: 60_000,
    readers: 4,
    clock,
    signal: new AbortController().signal,
    ...more,
  }
  const findings: Finding[] = []
  try {
    for await (const found of audit(context)) findings.push(found)
  } finally {
    clock.close()
  }
  return findings
}

/** What is not as it should be, as `rule: verdict`. */
export const wrongIn = (findings: readonly Finding[]): string[] =>
  findings.filter(({ verdict }) => verdict !== 'pass').map(({ rule, verdict }) => `${rule}: ${verdict}`)
