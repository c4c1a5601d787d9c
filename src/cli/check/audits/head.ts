import { pause, shown, withProbe, type AuditContext } from '../context.js'
import type { Probe } from '../probe.js'
import { finding, type Finding } from '../rules.js'

/** Statuses by which a server says that it will do later. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504])

/** Status, type, caching, framing: what the head of an answer says. */
export function auditHead({ request }: AuditContext, probe: Probe): Finding[] {
  const sent = shown(request, 'accept: text/event-stream')
  const { status, headers } = probe
  const type = headers['content-type']
  const findings: Finding[] = []
  if (PASSING.has(status!))
    findings.push(
      finding('refusal', 'error', { sent, seen: `status ${status}: an EventSource that gets it never asks again` }),
    )
  findings.push(finding('status', status === 200 ? 'pass' : 'error', { sent, seen: `status ${status}` }))
  if (status !== 200) return findings
  findings.push(
    finding('content-type', probe.isStream ? 'pass' : 'error', { sent, seen: `content-type: ${type ?? 'none'}` }),
  )
  if (!probe.isStream) return findings

  const cache = headers['cache-control'] ?? ''
  const isKept = !/no-cache|no-store/i.test(cache)
  findings.push(
    finding('cache-control', isKept ? 'warning' : 'pass', { sent, seen: `cache-control: ${cache || 'none'}` }),
  )
  return findings
}

/** The encoding, lines that readers drop, keep-alives that are events, and how the stream ended where it did. */
export function auditFormat({ request }: AuditContext, probe: Probe): Finding[] {
  const sent = shown(request)
  const lines = probe.text.split(/\r\n|\r|\n/).slice(probe.text.length >= 64 * 1024 ? 1 : 0, -1)
  const odd = lines.find((line) => line !== '' && !/^\ufeff?(?::|(?:data|event|id)(?::|$)|retry:\s?\d+$)/.test(line))
  const isKeepAlive = probe.events.some(({ data, event, hasId }) => data === '' && event === 'message' && !hasId)
  const format =
    odd === undefined
      ? isKeepAlive
        ? finding('format', 'warning', { sent, seen: 'events without data, type and id: readers dispatch them' })
        : finding('format', 'pass', { sent, seen: `${probe.events.length} events, ${probe.comments.length} comments` })
      : finding('format', 'warning', { sent, seen: `a line that readers ignore: ${JSON.stringify(odd.slice(0, 80))}` })
  return [auditCharset(sent, probe), format, auditEnd(sent, probe)]
}

function auditCharset(sent: string, { headers, text }: Probe): Finding {
  const charset = /charset\s*=\s*"?([^\s";]+)/i.exec(headers['content-type'] ?? '')?.[1]
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    return finding('utf8', 'warning', { sent, seen: `charset=${charset}, which readers take no notice of` })
  }
  const isBroken = text.includes('\ufffd')
  return finding('utf8', isBroken ? 'warning' : 'pass', {
    sent,
    seen: isBroken ? 'U+FFFD: bytes that are no UTF-8' : 'UTF-8',
  })
}

function auditEnd(sent: string, { headers, ended, error, isInside }: Probe): Finding {
  if (headers['content-length'] !== undefined) {
    return finding('truncation', 'error', { sent, seen: `content-length: ${headers['content-length']} on a stream` })
  }
  if (ended && error === undefined && isInside) {
    return finding('truncation', 'error', { sent, seen: 'a clean end in the middle of an event, which readers drop' })
  }
  const isFramed = headers['transfer-encoding'] !== undefined
  if (!isFramed)
    return finding('truncation', 'warning', {
      sent,
      seen: 'no transfer-encoding: a lost connection looks like the end',
    })
  return finding('truncation', 'pass', { sent, seen: 'transfer-encoding: chunked' })
}

/** Whether readers beyond the first are let in, in a way that all can bear. */
export async function auditReaders(context: AuditContext): Promise<Finding[]> {
  const sent = `${context.readers} readers at once`
  const statuses = await Promise.all(
    Array.from({ length: context.readers }, () =>
      withProbe(context, {}, async (probe) => {
        await probe.until(() => probe.headAt !== undefined, context.timeout)
        // All stay until the last is in, or nobody would be refused.
        await pause(context, 50)
        return probe.status
      }),
    ),
  )
  const refused = statuses.filter((status) => PASSING.has(status!))
  if (refused.length === 0) return [finding('refusal', 'pass', { sent, seen: 'all were let in' })]
  return [
    finding('refusal', 'error', {
      sent,
      seen: `${refused.length} were refused with ${refused[0]}: an EventSource that gets it never asks again`,
    }),
  ]
}
