/**
 * The `EventSource` of the web platform (WHATWG HTML 9.2), on `fetch`.
 *
 * @module
 */
export { EventSource } from './event-source.js'
export type {
  EventSourceConstructor,
  EventSourceErrorEvent,
  EventSourceEventMap,
  EventSourceInit,
  EventSourceMessageEvent,
  ReadyState,
} from './types.js'
export { ConnectError } from '../errors/connect-error.js'
export type { ConnectErrorCode, ConnectErrorKind } from '../errors/connect-error.js'
export { OptionError } from '../errors/option-error.js'
export { isEventWireError } from '../errors.js'
export type { EventWireError } from '../errors.js'
export type { Attempt, Awaitable, BackoffOptions } from '../client/types.js'
