/**
 * Encoder, parser, streams, client and `EventSource` in one. The server side has subpaths of its own.
 *
 * @module
 */
export { encode } from './encoder/encode.js'
export type { EncodeOptions } from './encoder/encode.js'
export { encodeComment } from './encoder/encode.js'
export { createParser } from './parser/create-parser.js'
export { parse } from './parser/parse.js'
export type { EndOptions, Parser, ParserOptions } from './parser/types.js'
export { events } from './streams/events.js'
export type { EventIterator, EventsOptions } from './streams/events.js'
export type { EventSourceInput } from './streams/chunk-source.js'
export { EventDecoderStream } from './streams/event-decoder-stream.js'
export { EventEncoderStream } from './streams/event-encoder-stream.js'
export { isEventWireError } from './errors.js'
export type { EventWireError } from './errors.js'
export { ConnectError } from './errors/connect-error.js'
export type { ConnectErrorCode, ConnectErrorKind } from './errors/connect-error.js'
export { EncodeError } from './errors/encode-error.js'
export type { EncodeErrorField } from './errors/encode-error.js'
export { LimitError } from './errors/limit-error.js'
export { OptionError } from './errors/option-error.js'
export type { EventMessage, ServerSentEvent } from './wire/types.js'
export { connect } from './client/connect.js'
export type {
  Attempt,
  BackoffOptions,
  CloseReason,
  ConnectOptions,
  Connection,
  Decoder,
  EventMap,
  ReconnectMode,
  State,
  StateChange,
  TypedEvent,
} from './client/types.js'
export { EventSource } from './eventsource/event-source.js'
export type {
  EventSourceConstructor,
  EventSourceErrorEvent,
  EventSourceEventMap,
  EventSourceInit,
  EventSourceMessageEvent,
} from './eventsource/types.js'
