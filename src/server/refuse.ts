import { encode } from '../encoder/encode.js'
import { namesEventStream } from './accepts-event-stream.js'
import type { Exchange, HeadSettings } from './exchange.js'

/**
 * Sends a reader away for `wait` milliseconds. The standard's EventSource gives up for good at a 503, so it gets a
 * stream that tells it when to come back, and ends. All others get the status.
 */
export function refuse(exchange: Exchange, head: HeadSettings, wait: number): void {
  const { request } = exchange
  if (request.method !== 'GET' || !namesEventStream(request.raw)) return refuseByStatus(exchange, wait)
  exchange.reply(200, encode({ retry: wait }), { 'content-type': head.fields['content-type']! })
}

/** The same by a status for all. */
export function refuseByStatus(exchange: Exchange, wait: number): void {
  exchange.reply(503, 'Service Unavailable\n', { 'retry-after': `${Math.max(1, Math.ceil(wait / 1000))}` })
}
