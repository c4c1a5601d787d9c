import type { ServerResponse } from 'node:http'
import { OptionError } from '../errors/option-error.js'
import { acceptsEventStream } from './accepts-event-stream.js'
import { isWebRequest } from './event-request.js'
import { EventSession } from './event-session.js'
import { resolveOptions } from './event-stream-options.js'
import type { EventStreamOptions, Settings } from './event-stream-options.js'
import { createNodeSink, isNodeReaderGone } from './node-sink.js'
import type { NodeRequest, NodeResponse } from './node-types.js'
import { webHeaders, writeHead } from './response-head.js'
import type { HeadFields } from './response-head.js'
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
 * await response.text() // => ':\nevent: tick\nid: 1\ndata: {"n":1}\n\n'
 * ```
 */
export function eventStream(request: Request, source: Source, options?: EventStreamOptions): Response
export function eventStream(req: NodeRequest, res: NodeResponse, source: Source, options?: EventStreamOptions): Session
export function eventStream(
  request: Request | NodeRequest,
  ...rest: [Source, EventStreamOptions?] | [NodeResponse, Source, EventStreamOptions?]
): Response | Session {
  const res = isWebRequest(request) ? undefined : (rest.shift() as NodeResponse)
  const [source, options] = rest as [Source, EventStreamOptions?]
  if (res !== undefined && (typeof res.writeHead !== 'function' || res.headersSent)) {
    throw new OptionError('res', 'must be the response that goes with req, its head not yet sent.')
  }
  if (typeof source !== 'function' && !isAsyncIterable(source)) {
    throw new OptionError('source', 'must be an async iterable or a function.')
  }
  const settings = resolveOptions(options)
  const session = new EventSession(request, settings)
  if (res !== undefined) {
    answerNode(request as NodeRequest, res, session, source, settings)
    return session
  }
  return answerWeb(request as Request, session, source, settings)
}

/** What is different between Node and the web platform. */
interface Face {
  request: Request | NodeRequest
  createSink(): Sink
  /** Sends the head of the stream; with `text`, a whole answer. */
  answer(status: number, text?: string): void
}

function answerNode(
  req: NodeRequest,
  res: NodeResponse,
  session: EventSession,
  source: Source,
  settings: Settings,
): void {
  if (isNodeReaderGone(req, res)) return session.skip('disconnected', source)
  const answer: Face['answer'] = (status, text) => {
    writeHead(res, status, fieldsFor(settings, text))
    if (text !== undefined) (res as ServerResponse).end(text)
  }
  begin({ request: req, answer, createSink: () => createNodeSink(req, res, session) }, session, source, settings)
}

function answerWeb(request: Request, session: EventSession, source: Source, settings: Settings): Response {
  let response!: Response
  let body: ReadableStream | undefined
  const answer: Face['answer'] = (status, text) => {
    response = new Response(request.method === 'HEAD' ? null : (text ?? body), {
      status,
      headers: webHeaders(fieldsFor(settings, text)),
    })
  }
  const { signal } = request
  if (signal?.aborted) {
    session.skip('disconnected', source)
    answer(settings.status)
    return response
  }
  const createSink = (): Sink => {
    const web = createWebSink(session)
    body = web.body
    return web.sink
  }
  const leave = (): void => session.disconnect()
  signal?.addEventListener('abort', leave)
  begin({ request, answer, createSink }, session, source, settings)
  void session.closed.then(() => signal?.removeEventListener('abort', leave))
  return response
}

function begin(face: Face, session: EventSession, source: Source, { accept, status }: Settings): void {
  const { request, answer, createSink } = face
  const notAcceptable = accept === 'require' && !acceptsEventStream(request)
  if (notAcceptable || request.method === 'HEAD') {
    session.skip('no-stream', source)
    if (notAcceptable) answer(406, 'This is an event stream. Ask for it with "Accept: text/event-stream".\n')
    else answer(status, '')
  } else if (!session.start(source, createSink(), () => answer(status))) {
    answer(500, 'Internal Server Error\n')
  }
}

/** The headers for browsers (CORS, cookies) go with any answer. */
function fieldsFor({ fields }: Settings, text: string | undefined): HeadFields {
  return text ? { ...fields, 'content-type': 'text/plain; charset=utf-8' } : fields
}
