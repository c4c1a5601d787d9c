/**
 * Parser and encoder as async iteration and TransformStreams, over bodies that are there already.
 *
 * @module
 */
export { events } from './events.js'
export type { EventIterator, EventsOptions } from './events.js'
export type { EventSourceInput } from './chunk-source.js'
export { EventDecoderStream } from './event-decoder-stream.js'
export { EventEncoderStream } from './event-encoder-stream.js'
export { ConnectError } from '../errors/connect-error.js'
export type { ConnectErrorCode, ConnectErrorKind } from '../errors/connect-error.js'
export { EncodeError } from '../errors/encode-error.js'
export { LimitError } from '../errors/limit-error.js'
export { OptionError } from '../errors/option-error.js'
export { isEventWireError } from '../errors.js'
export type { EventWireError } from '../errors.js'
export type { EventMessage, ServerSentEvent } from '../wire/types.js'
