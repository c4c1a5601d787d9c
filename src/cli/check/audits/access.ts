import { messageOf } from '../../command-error.js'
import { pause, shown, withProbe, type AuditContext } from '../context.js'
import type { Probe } from '../probe.js'
import { finding, type Finding } from '../rules.js'

const ANY_ORIGIN = 'https://eventwire-check.example'

/** What a page of another origin may do. A server that lets none in is right, unless an origin was asked for. */
export async function auditCors(context: AuditContext): Promise<Finding[]> {
  const origin = context.origin ?? ANY_ORIGIN
  const sent = shown(context.request, `origin: ${origin}`)
  const allowed = await withProbe(context, { headers: { origin } }, async (probe) => {
    await probe.until(() => probe.headAt !== undefined, context.timeout)
    return probe.headers['access-control-allow-origin']
  })
  const isAllowed = allowed === '*' || allowed === origin
  const seen = `access-control-allow-origin: ${allowed ?? 'none'}`
  if (!isAllowed) return [finding('cors', context.origin === undefined ? 'skip' : 'error', { sent, seen })]
  return [finding('cors', 'pass', { sent, seen }), await auditPreflight(context, origin)]
}

async function auditPreflight(context: AuditContext, origin: string): Promise<Finding> {
  const headers = {
    origin,
    'access-control-request-method': context.request.method,
    'access-control-request-headers': 'last-event-id',
  }
  const sent = `OPTIONS ${context.request.url.pathname}, access-control-request-headers: last-event-id`
  return withProbe(context, { method: 'OPTIONS', headers, body: undefined }, async (probe) => {
    await probe.until(() => probe.headAt !== undefined, context.timeout)
    const names = probe.headers['access-control-allow-headers'] ?? 'none'
    const seen = `status ${probe.status ?? 'none'}, access-control-allow-headers: ${names}`
    const isOk = probe.status! >= 200 && probe.status! < 300 && /(?:^|,)\s*(?:last-event-id|\*)\s*(?:,|$)/i.test(names)
    return finding('cors-resume', isOk ? 'pass' : 'error', {
      sent,
      seen: isOk ? seen : `${seen}: the first connection works, the next never does`,
    })
  })
}

const MARK = 'eventwire-injected'
const HOSTILE = {
  LF: `x\n\nevent: ${MARK}\ndata: x\n\n`,
  CR: `x\r\revent: ${MARK}\rdata: x\r\r`,
  CRLF: `x\r\n\r\nevent: ${MARK}\r\ndata: x\r\n\r\n`,
}

/** Sends hostile text through the route that echoes, and looks for the event that it must not make. */
export async function auditInjection(context: AuditContext, witness: Probe): Promise<Finding> {
  const { echo } = context
  if (echo === undefined)
    return finding('injection', 'skip', { sent: 'nothing', seen: 'no route that echoes (--echo) was given' })
  for (const [name, text] of Object.entries(HOSTILE)) {
    const sent = `GET ${echo} with ${name} and an event of its own in the text`
    const before = witness.events.length
    try {
      const response = await fetch(echo.replace('{}', encodeURIComponent(text)), {
        headers: context.request.headers,
        signal: AbortSignal.any([context.signal, AbortSignal.timeout(context.timeout)]),
      })
      await response.body?.cancel()
    } catch (error) {
      return finding('injection', 'warning', { sent, seen: `the route does not answer: ${messageOf(error)}` })
    }
    await witness.until(() => witness.events.length > before, 1000)
    // The injected event comes behind the one that carries it.
    await pause(context, 100)
    if (witness.events.some(({ event }) => event === MARK)) {
      return finding('injection', 'error', { sent, seen: `an event ${JSON.stringify(MARK)} was dispatched` })
    }
  }
  return finding('injection', 'pass', { sent: `GET ${echo} with LF, CR and CRLF`, seen: 'no event was made of it' })
}
