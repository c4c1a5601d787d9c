import type { ServerResponse } from 'node:http'
import { acceptsEventStream } from '../server/accepts-event-stream.js'
import type { EventRequest } from '../server/event-request.js'
import { firstBytes, webHeaders, type HeadFields } from '../server/response-head.js'
import type { RunsSettings } from './runs-options.js'

/** What a request is answered with that gets no run. */
export interface Answer {
  readonly status: number
  readonly fields: HeadFields
  readonly text: string
}

const METHODS = 'GET, HEAD, POST, QUERY'
const TEXT: HeadFields = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }

/** The standard's EventSource gives up for good at a 503, so that it is told to come back later in a stream. */
const LATER = 5

/** The head of every stream, with what CORS adds for this request. */
export function streamHead(settings: RunsSettings, request: EventRequest): HeadFields {
  return { ...settings.fields, ...settings.cors?.fields(request) }
}

export function plain(settings: RunsSettings, request: EventRequest, status: number, more: HeadFields = {}): Answer {
  const { 'content-type': _type, ...fields } = streamHead(settings, request)
  if (status === 204) return { status, fields: { ...fields, 'cache-control': 'no-store', ...more }, text: '' }
  const text = { 404: 'Not Found\n', 405: 'Method Not Allowed\n', 503: 'Service Unavailable\n' }[status] ?? ''
  return { status, fields: { ...fields, ...TEXT, ...more }, text }
}

/** What the method alone decides. */
export function byMethod(settings: RunsSettings, request: EventRequest): Answer | undefined {
  const { method } = request
  if (method === 'OPTIONS') {
    return plain(settings, request, 204, { allow: `${METHODS}, OPTIONS`, ...settings.cors?.preflight(request) })
  }
  if (METHODS.split(', ').includes(method)) return undefined
  return plain(settings, request, 405, { allow: `${METHODS}, OPTIONS` })
}

/** For now there is nothing to be had: the store cannot be asked, or this process leaves. */
export function later(settings: RunsSettings, request: EventRequest): Answer {
  const wait = Math.round(settings.retry * LATER * (0.75 + Math.random() / 2))
  const isEventSource = request.headers.get('accept')?.includes('text/event-stream')
  if (request.method === 'GET' && isEventSource && acceptsEventStream(request.raw)) {
    return { status: 200, fields: streamHead(settings, request), text: firstBytes({ greeting: true, retry: wait }) }
  }
  return plain(settings, request, 503, { 'retry-after': `${Math.max(1, Math.ceil(wait / 1000))}` })
}

/** Gives the response to a web request; on Node it answers. */
export function give(answer: Answer, request: EventRequest, res: ServerResponse | undefined): Response | undefined {
  const { status, fields } = answer
  const text = request.method === 'HEAD' || status === 204 ? undefined : answer.text
  if (!res) return new Response(text ?? null, { status, headers: webHeaders(fields) })
  res.writeHead(status, fields)
  res.end(text)
  return undefined
}
