import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { shown, withProbe, type AuditContext } from '../context.js'
import { finding, type Finding } from '../rules.js'

/** A method that asks for no stream must not open one: nobody reads it, and the server keeps it. */
export async function auditMethods(context: AuditContext): Promise<Finding[]> {
  return [
    await auditOptions(context),
    ...(context.request.url.protocol === 'http:' ? [await auditHeadMethod(context)] : []),
  ]
}

async function auditOptions(context: AuditContext): Promise<Finding> {
  const sent = shown({ ...context.request, method: 'OPTIONS' })
  return withProbe(context, { method: 'OPTIONS', body: undefined }, async (probe) => {
    await probe.until(() => probe.headAt !== undefined, context.timeout)
    if (probe.headAt === undefined && !probe.ended)
      return finding('methods', 'error', { sent, seen: `no head within ${context.timeout} ms` })
    if (!probe.isStream)
      return finding('methods', 'pass', { sent, seen: `status ${probe.status ?? 'none'}, no stream` })
    // An answer that ends at once is odd, but nothing is kept open.
    const isOver = await probe.until(() => probe.ended, Math.min(500, context.timeout))
    return isOver
      ? finding('methods', 'pass', { sent, seen: `status ${probe.status}, ended at once` })
      : finding('methods', 'error', {
          sent,
          seen: `status ${probe.status}, ${probe.headers['content-type']}: a stream was opened`,
        })
  })
}

/**
 * By hand on a socket: a client of HTTP closes it once it has the head, and here it is the server that is to close.
 * One that never ends its answer keeps the connection, and whatever it set up for the reader.
 */
async function auditHeadMethod(context: AuditContext): Promise<Finding> {
  const { clock, request, timeout } = context
  const sent = `${shown({ ...request, method: 'HEAD' })}, connection: close`
  const socket = connectTo(request.url)
  let text = ''
  socket.setEncoding('latin1').on('data', (piece) => (text += String(piece)))
  const over = new Promise<boolean>((resolve) => {
    socket.on('error', () => {})
    socket.on('close', () => resolve(true))
    context.signal.addEventListener('abort', () => resolve(true), { once: true })
    clock.after(timeout, () => resolve(false))
  })
  const fields = { host: request.url.host, accept: 'text/event-stream', ...request.headers, connection: 'close' }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`HEAD ${request.url.pathname}${request.url.search} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1')
  const isOver = await over
  socket.destroy()
  const status = /^HTTP\/1\.\d (\d{3})/.exec(text)?.[1]
  if (status === undefined) {
    const seen = isOver ? 'the connection was closed without an answer' : `no head within ${timeout} ms`
    return finding('methods', isOver ? 'warning' : 'error', { sent, seen })
  }
  return isOver
    ? finding('methods', 'pass', { sent, seen: `status ${status}, and closed` })
    : finding('methods', 'error', {
        sent,
        seen: `status ${status}, and still open after ${timeout} ms: the answer was never ended`,
      })
}

function connectTo({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (protocol === 'http:') return connect(Number(port) || 80, host)
  return connectTls({
    host,
    port: Number(port) || 443,
    ...(!isIP(host) && { servername: host }),
    ALPNProtocols: ['http/1.1'],
  })
}
