import type { ServerResponse } from 'node:http'
import { OptionError } from '../errors/option-error.js'
import { acceptsEventStream } from './accepts-event-stream.js'
import { isWebRequest } from './event-request.js'
import { EventSession } from './event-session.js'
import { resolveOptions } from './event-stream-options.js'
import type { EventStreamOptions } from './event-stream-options.js'
import { createNodeSink, isNodeReaderGone } from './node-sink.js'
import type { NodeRequest, NodeResponse } from './node-types.js'
import { webHeaders } from './response-head.js'
import type { Session, Source } from './session.js'
import type { Sink } from './sink.js'
import { isAsyncIterable } from './source-runner.js'
import { createWebSink } from './web-sink.js'

/**
 * Answers a request with an event stream from `source`.
 *
 * With a web `Request` it returns the `Response`, with a Node request and response the `Session`, and
 * writes the response itself, also over HTTP/2 (its compatibility API). Status, headers and a first
 * comment go out at once. A source that throws before that makes it a 500; later, it ends the stream.
 * A HEAD request gets the head alone. Where there is no stream the source is not called; an iterable
 * is given back with `return()`.
 *
 * The session ends when the source does, when `close()` is called, and when the reader leaves, at
 * whatever moment that is; then everything is released. Each call stands for itself.
 *
 * @throws {OptionError} for options that do not exist or make no sense.
 *
 * @example
 * ```ts
 * import { eventStream } from 'eventwire/server'
 *
 * const response = eventStream(new Request('http://localhost/'), async function* () {
 *   yield { event: 'tick', id: 1, data: { n: 1 } }
 * })
 * await response.text() // => ':\nevent: tick\ndata: {"n":1}\nid: 1\n\n'
 * ```
 */
export function eventStream(request: Request, source: Source, options?: EventStreamOptions): Response
export function eventStream(req: NodeRequest, res: NodeResponse, source: Source, options?: EventStreamOptions): Session
export function eventStream(
  request: Request | NodeRequest,
  ...rest: [Source, EventStreamOptions?] | [NodeResponse, Source, EventStreamOptions?]
): Response | Session {
  const isWeb = isWebRequest(request)
  const res = isWeb ? undefined : (rest.shift() as ServerResponse)
  const [source, options] = rest as [Source, EventStreamOptions?]
  if (!isWeb && (typeof res?.writeHead !== 'function' || res.headersSent)) {
    throw new OptionError('res', 'must be the response to req, its head not sent.')
  }
  if (typeof source !== 'function' && !isAsyncIterable(source)) {
    throw new OptionError('source', 'must be an async iterable or a function.')
  }
  const settings = resolveOptions(options)
  const session = new EventSession(request, settings)
  const isHead = request.method === 'HEAD'
  let response: Response | undefined
  let body: ReadableStream | null = null

  /** The headers for browsers (CORS, cookies) go with any answer. */
  const answer = (status: number, text?: string): void => {
    const fields = text ? { ...settings.fields, 'content-type': 'text/plain; charset=utf-8' } : settings.fields
    if (res) {
      res.writeHead(status, fields)
      if (text !== undefined) res.end(text)
    } else response = new Response(isHead ? null : (text ?? body), { status, headers: webHeaders(fields) })
  }
  const createSink = (): Sink => {
    if (!isWeb) return createNodeSink(request, res!, session)
    const web = createWebSink(session, request.signal)
    body = web.body
    return web.sink
  }

  if (isWeb ? request.signal?.aborted : isNodeReaderGone(request, res!)) {
    session.skip('disconnected', source)
    if (isWeb) answer(settings.status)
  } else if (settings.accept === 'require' && !acceptsEventStream(request)) {
    session.skip('no-stream', source)
    answer(406, 'Send "Accept: text/event-stream".\n')
  } else if (isHead) {
    session.skip('no-stream', source)
    answer(settings.status, '')
  } else if (!session.start(source, createSink(), () => answer(settings.status))) {
    answer(500, 'Internal Server Error\n')
  }
  return response ?? session
}
