import type { IncomingHttpHeaders } from 'node:http'
import { shown, withProbe, type AuditContext } from '../context.js'
import type { Probe } from '../probe.js'
import { finding, type Finding } from '../rules.js'

/** A head that takes longer waits for something. */
const SLOW_HEAD_MS = 1000
/** A block whose rest takes longer was cut by a buffer, not by a network. */
const HELD_MS = 400
/** The same, where the rest came in the end. */
const LONG_HELD_MS = 1000
/** How much later than elsewhere an event may be before it counts as held back. */
const LATER_MS = 1000

/** Proxies give themselves away in the head, also in that of the answer to a HEAD, which no proxy holds back. */
const PROXIES: Record<string, RegExp> = {
  server: /nginx|openresty|cloudflare|cloudfront|akamai|varnish|envoy|haproxy|traefik|caddy|litespeed|apache/i,
  via: /./,
  'x-cache': /./,
  'x-served-by': /./,
}

function proxyIn(headers: IncomingHttpHeaders): string | undefined {
  const name = Object.keys(PROXIES).find((each) => PROXIES[each]!.test(String(headers[each] ?? '')))
  return name && `${name}: ${String(headers[name])}`
}

/** How soon the stream opened. */
export function auditOpening({ request }: AuditContext, { headAt, chunks }: Probe): Finding {
  const first = chunks[0]
  const seen = `head after ${headAt} ms, first byte ${first === undefined ? 'not yet' : `after ${first} ms`}`
  const isLate = headAt! > SLOW_HEAD_MS && first !== undefined && first - headAt! < 100
  return finding('opening', isLate ? 'warning' : 'pass', {
    sent: shown(request),
    seen: isLate ? `${seen}: it waited for its first event` : seen,
  })
}

/** What to say where no head came in time. With a direct address it is known who holds it back. */
export async function auditSilence(context: AuditContext): Promise<Finding[]> {
  const sent = shown(context.request)
  const seen = `no head within ${context.timeout} ms`
  const { direct } = context
  if (direct) {
    return withProbe(context, { url: direct }, async (probe) => {
      const opened = await probe.until(() => probe.headAt !== undefined, context.timeout)
      return opened
        ? [
            finding('buffering', 'error', {
              sent,
              seen: `${seen}; from ${direct.host} itself after ${probe.headAt} ms`,
            }),
          ]
        : [finding('opening', 'error', { sent, seen: `${seen}, nor from ${direct.host} itself` })]
    })
  }
  const proxy = await withProbe(context, { method: 'HEAD', body: undefined }, async (probe) => {
    await probe.until(() => probe.headAt !== undefined, context.timeout)
    return proxyIn(probe.headers)
  })
  const either = 'the server waits for its first event, or a proxy holds it back (--direct tells which)'
  return [
    finding('opening', 'error', { sent, seen: `${seen}: ${either}` }),
    finding('buffering', proxy === undefined ? 'warning' : 'error', {
      sent,
      seen: proxy === undefined ? `${seen}: ${either}` : `${seen}, and there is a proxy (${proxy}): ${either}`,
    }),
  ]
}

/** Watches the stream: silences, and bytes that come in heaps. */
export async function auditFlow(context: AuditContext, probe: Probe): Promise<Finding[]> {
  const { request, watch, idleLimit } = context
  await probe.until(() => false, Math.max(0, watch - probe.elapsed))
  return [auditHeartbeat(context, probe), await auditBuffering(context, probe)].map((each) => ({
    ...each,
    sent: `${shown(request)}, watched for ${(Math.max(watch, probe.elapsed) / 1000).toFixed(1)} s (limit ${idleLimit / 1000} s)`,
  }))
}

function auditHeartbeat({ idleLimit }: AuditContext, probe: Probe): Finding {
  const times = [probe.headAt!, ...probe.chunks, ...(probe.ended ? [] : [probe.elapsed])]
  const longest = Math.max(0, ...times.map((time, index) => (index === 0 ? 0 : time - times[index - 1]!)))
  const seen = `longest silence ${(longest / 1000).toFixed(1)} s, ${probe.comments.length} comments`
  if (longest >= idleLimit) return finding('heartbeat', 'error', { seen: `${seen}: a proxy hangs up before` })
  const isUnknown = !probe.ended && probe.elapsed - (probe.chunks.at(-1) ?? probe.headAt!) > 15_500
  if (isUnknown) return finding('heartbeat', 'warning', { seen: `${seen}; watch longer (--watch 70s) to be sure` })
  return finding('heartbeat', 'pass', { seen })
}

async function auditBuffering(context: AuditContext, probe: Probe): Promise<Finding> {
  const { chunks, comments } = probe
  const isHeld = !probe.ended && probe.isInside && probe.elapsed - (chunks.at(-1) ?? probe.elapsed) > HELD_MS
  if (isHeld) return finding('buffering', 'error', { seen: 'half of an event came, and its rest does not follow' })
  if (probe.longestHeld > LONG_HELD_MS)
    return finding('buffering', 'error', { seen: `half of an event came, and its rest ${probe.longestHeld} ms later` })
  // Heartbeats are written seconds apart: several in one read have waited somewhere.
  const together = comments.filter((time, index) => index > 1 && time - comments[index - 2]! < 5)
  if (together.length > 0)
    return finding('buffering', 'error', { seen: `${comments.length} comments, three or more of them at one moment` })
  if (!context.direct) return finding('buffering', 'pass', { seen: `${chunks.length} reads, none that waited` })
  return compareWithDirect(context, probe)
}

/** Opens both ways at once: what is there on the one and not on the other is held back. */
async function compareWithDirect(context: AuditContext, { chunks }: Probe): Promise<Finding> {
  return withProbe(context, { url: context.direct! }, (direct) =>
    withProbe(context, {}, async (through) => {
      await direct.until(() => direct.events.length > 0, context.timeout)
      const first = direct.events[0]
      if (!first)
        return finding('buffering', 'skip', { seen: `no event from ${context.direct!.host} itself to compare with` })
      const arrived = await through.until(() => through.events.length > 0, LATER_MS)
      return arrived
        ? finding('buffering', 'pass', {
            seen: `${chunks.length} reads, as soon as from ${context.direct!.host} itself`,
          })
        : finding('buffering', 'error', {
            seen: `an event that ${context.direct!.host} itself sent 1 s ago is not there`,
          })
    }),
  )
}

/** Asks for compression, beside a reader that does not. */
export async function auditCompression(context: AuditContext): Promise<Finding> {
  const sent = shown(context.request, 'accept-encoding: gzip, deflate, br')
  return withProbe(context, { headers: { 'accept-encoding': 'gzip, deflate, br' } }, async (zipped) => {
    await zipped.until(() => zipped.headAt !== undefined, context.timeout)
    const coding = zipped.headers['content-encoding']
    if (zipped.headAt !== undefined && coding === undefined)
      return finding('compression', 'pass', { sent, seen: 'not compressed' })
    return withProbe(context, { headers: { 'accept-encoding': 'identity' } }, async (plain) => {
      await plain.until(() => plain.events.length > 0, context.timeout)
      if (plain.events.length === 0)
        return finding('compression', 'skip', { sent, seen: `content-encoding: ${coding}, but no event to see` })
      const arrived = await zipped.until(() => zipped.events.length > 0, LATER_MS)
      return arrived
        ? finding('compression', 'pass', { sent, seen: `content-encoding: ${coding}, flushed with each event` })
        : finding('compression', 'error', {
            sent,
            seen: `content-encoding: ${coding ?? 'no head'}; an event that an uncompressed reader has is not there`,
          })
    })
  })
}
