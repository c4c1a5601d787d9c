import { check } from '../options/check-options.js'
import { acceptsEventStream } from './accepts-event-stream.js'
import { isWebRequest } from './event-request.js'
import { EventSession } from './event-session.js'
import { resolveOptions } from './event-stream-options.js'
import type { EventStreamOptions } from './event-stream-options.js'
import { Exchange } from './exchange.js'
import { checkNodePair, checkUnsent, checkWebRequest } from './handed.js'
import type { NodeRequest, NodeResponse } from './node-types.js'
import type { Session, Source } from './session.js'
import { isSource } from './source-runner.js'

/**
 * Answers a request with an event stream from `source`.
 *
 * With a web `Request` it returns the `Response`, with a Node request and response the `Session`, and
 * writes the response itself, also over HTTP/2 (its compatibility API). Status, headers and a first
 * comment go out at once. A source that throws before that makes the answer a 500; one
 * that throws later ends the stream.
 * A HEAD request gets the head alone, OPTIONS a 204. Where there is no stream the source is not called; an iterable
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
  const res = isWeb ? undefined : (rest.shift() as NodeResponse | undefined)
  const [source, options] = rest as [Source, EventStreamOptions?]
  if (!isWeb) {
    if (typeof res === 'object') checkNodePair(request, res)
    else checkWebRequest(request)
    checkUnsent(res)
  }
  check('source', isSource(source), 'must be an iterable or a function')
  const settings = resolveOptions(options)
  const session = new EventSession(request, settings)
  const exchange = new Exchange(request, res, settings.head)

  if (exchange.isGone) {
    session.skip('disconnected', source)
    exchange.abandon()
  } else if (exchange.answerMethod(true)) {
    session.skip('no-stream', source)
  } else if (settings.accept === 'require' && !acceptsEventStream(request)) {
    session.skip('no-stream', source)
    exchange.reply(406, 'Send "Accept: text/event-stream".\n')
  } else if (exchange.isHead) {
    session.skip('no-stream', source)
    exchange.reply(settings.status)
  } else if (!session.start(source, exchange.openSink(session), () => exchange.writeHead(settings.status))) {
    exchange.reply(500, 'Internal Server Error\n')
  }
  return exchange.response ?? session
}
