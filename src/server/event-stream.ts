import type { ServerResponse } from 'node:http'
import { OptionError } from '../errors/option-error.js'
import { acceptsEventStream } from './accepts-event-stream.js'
import { isWebRequest } from './event-request.js'
import { EventSession } from './event-session.js'
import { resolveOptions } from './event-stream-options.js'
import type { EventStreamOptions, Settings } from './event-stream-options.js'
import { createNodeSink, isNodeReaderGone } from './node-sink.js'
import type { NodeRequest, NodeResponse } from './node-types.js'
import { textFields, webHeaders, writeHead } from './response-head.js'
import type { Session, Source } from './session.js'
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
  if (isWebRequest(request)) {
    const [source, options] = rest as [Source, EventStreamOptions?]
    return answerWeb(request, checkSource(source), resolveOptions(options))
  }
  const [res, source, options] = rest as [NodeResponse, Source, EventStreamOptions?]
  if (typeof res?.writeHead !== 'function' || res.headersSent) {
    throw new OptionError('res', 'must be the response that goes with req, and its head not yet sent.')
  }
  return answerNode(request, res, checkSource(source), resolveOptions(options))
}

/** What is answered in place of a stream: status and text. No text: the head of the stream alone. */
type Refusal = readonly [status: number, text?: string]

const NOT_ACCEPTABLE: Refusal = [406, 'This is an event stream. Ask for it with "Accept: text/event-stream".\n']
const FAILED: Refusal = [500, 'Internal Server Error\n']

function refusalOf(request: Request | NodeRequest, { accept, status }: Settings): Refusal | undefined {
  if (accept === 'require' && !acceptsEventStream(request)) return NOT_ACCEPTABLE
  return request.method === 'HEAD' ? [status] : undefined
}

function answerWeb(request: Request, source: Source, settings: Settings): Response {
  const session = new EventSession(request, settings)
  const { fields } = settings
  const refuse = ([status, text]: Refusal): Response =>
    new Response(request.method === 'HEAD' ? null : text, {
      status,
      headers: webHeaders(text === undefined ? fields : textFields(fields)),
    })

  const refusal = refusalOf(request, settings)
  if (refusal !== undefined) {
    session.skip('no-stream', source)
    return refuse(refusal)
  }
  const { signal } = request
  if (signal?.aborted) {
    session.skip('disconnected', source)
    return refuse([settings.status])
  }
  const leave = (): void => session.disconnect()
  signal?.addEventListener('abort', leave)
  const { sink, body } = createWebSink(session)
  const started = session.start(source, sink, () => {})
  void session.closed.then(() => signal?.removeEventListener('abort', leave))
  return started ? new Response(body, { status: settings.status, headers: webHeaders(fields) }) : refuse(FAILED)
}

function answerNode(req: NodeRequest, res: NodeResponse, source: Source, settings: Settings): Session {
  const session = new EventSession(req, settings)
  const { fields } = settings
  const refuse = ([status, text]: Refusal): void => {
    writeHead(res, status, text === undefined ? fields : textFields(fields))
    ;(res as ServerResponse).end(text)
  }

  const refusal = refusalOf(req, settings)
  if (isNodeReaderGone(req, res)) session.skip('disconnected', source)
  else if (refusal !== undefined) {
    session.skip('no-stream', source)
    refuse(refusal)
  } else if (!session.start(source, createNodeSink(req, res, session), () => writeHead(res, settings.status, fields))) {
    refuse(FAILED)
  }
  return session
}

function checkSource(source: Source): Source {
  if (typeof source === 'function' || isAsyncIterable(source)) return source
  throw new OptionError('source', 'must be an async iterable or a function.')
}
