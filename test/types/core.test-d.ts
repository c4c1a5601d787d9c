// Compiled by `npm run types`, never run.
import { expectTypeOf } from 'vitest'
import { encode } from '../../src/encoder/encode.js'
import { isEventWireError } from '../../src/errors.js'
import { EncodeError } from '../../src/errors/encode-error.js'
import { createParser } from '../../src/parser/create-parser.js'
import { parse } from '../../src/parser/parse.js'
import { EventDecoderStream } from '../../src/streams/event-decoder-stream.js'
import { EventEncoderStream } from '../../src/streams/event-encoder-stream.js'
import { events } from '../../src/streams/events.js'
import type { EventMessage, ServerSentEvent } from '../../src/wire/types.js'

expectTypeOf(encode).parameter(0).toEqualTypeOf<EventMessage>()
expectTypeOf(encode({ data: '' })).toEqualTypeOf<string>()
encode({ event: 'a', data: 'b', id: 'c' } satisfies ServerSentEvent)
// @ts-expect-error data is text
encode({ data: 5 })
// @ts-expect-error retry is a number
encode({ retry: '5' })
// @ts-expect-error there is no such field
encode({ payload: 'x' })

expectTypeOf(parse('')).toEqualTypeOf<ServerSentEvent[]>()
createParser({}).feed(new Uint8Array())
// @ts-expect-error a buffer without a view is not bytes
createParser({}).feed(new ArrayBuffer(1))
// @ts-expect-error the last event ID is read only
createParser({}).lastEventId = 'x'

declare const response: Response
for await (const event of events(response)) expectTypeOf(event).toEqualTypeOf<ServerSentEvent>()
events(response.body!)
events(new ReadableStream<string>())
// @ts-expect-error text is for parse()
events('data: a')
expectTypeOf(events(response)).toExtend<AsyncDisposable>()

expectTypeOf(response.body!.pipeThrough(new EventDecoderStream())).toEqualTypeOf<ReadableStream<ServerSentEvent>>()
expectTypeOf(new ReadableStream<EventMessage>().pipeThrough(new EventEncoderStream())).toEqualTypeOf<
  ReadableStream<Uint8Array>
>()

declare const error: unknown
if (isEventWireError(error)) expectTypeOf(error.code).toEqualTypeOf<string>()
if (error instanceof EncodeError) {
  expectTypeOf(error.field).toEqualTypeOf<'message' | 'comment' | 'event' | 'id' | 'retry' | 'data'>()
}
