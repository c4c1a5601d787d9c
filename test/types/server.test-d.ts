import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { expectTypeOf } from 'vitest'
import { acceptsEventStream, eventStream } from '../../src/server/index.js'
import type {
  CloseReason,
  EventRequest,
  EventStreamOptions,
  Session,
  Source,
  StreamMessage,
} from '../../src/server/index.js'

declare const request: Request
declare const req: IncomingMessage
declare const res: ServerResponse
declare const req2: Http2ServerRequest
declare const res2: Http2ServerResponse

// What it gives depends on what it is given.
expectTypeOf(eventStream(request, () => {})).toEqualTypeOf<Response>()
expectTypeOf(eventStream(req, res, () => {})).toEqualTypeOf<Session>()
expectTypeOf(eventStream(req2, res2, () => {}, { retry: 5 })).toEqualTypeOf<Session>()
// @ts-expect-error A Node request needs its response.
eventStream(req, () => {})
// @ts-expect-error There is no stream without a source.
eventStream(request)

// Sources.
eventStream(request, async function* (session) {
  expectTypeOf(session).toEqualTypeOf<Session>()
  yield { data: { any: 'thing' } }
  yield { event: 'e', id: 1, retry: 5, comment: 'c' }
})
eventStream(
  request,
  (async function* () {
    yield { data: 1 }
  })(),
)
eventStream(request, new ReadableStream<StreamMessage>())
eventStream(request, ({ send, signal }) => {
  expectTypeOf(send).returns.toEqualTypeOf<boolean>()
  expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
  return () => {}
})
eventStream(request, async () => {})
eventStream(request, async () => () => {})
// @ts-expect-error An id is text or a number.
eventStream(request, async function* () {
  yield { id: {} }
})
// @ts-expect-error A message is an object.
eventStream(request, async function* () {
  yield 'text'
})
eventStream(request, [{ data: 1 }])
// @ts-expect-error A text is no list of messages.
eventStream(request, 'text')

expectTypeOf<AsyncIterable<StreamMessage>>().toExtend<Source>()
expectTypeOf<Session['closed']>().resolves.toEqualTypeOf<CloseReason>()
expectTypeOf<Session['request']>().toEqualTypeOf<EventRequest>()
expectTypeOf<EventRequest['raw']>().toEqualTypeOf<Request | IncomingMessage | Http2ServerRequest>()

// Options.
expectTypeOf<EventStreamOptions>().toExtend<object>()
eventStream(request, () => {}, {
  slow: { stall: 5 },
  accept: 'require',
  onError: (error) => expectTypeOf(error).toBeUnknown(),
})
// @ts-expect-error There is no such option.
eventStream(request, () => {}, { heartBeat: 5 })
// @ts-expect-error Nor such a value.
eventStream(request, () => {}, { accept: 'no' })

expectTypeOf(acceptsEventStream).parameter(0).toEqualTypeOf<Request | IncomingMessage | Http2ServerRequest>()
