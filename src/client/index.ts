/**
 * A connection over `fetch` that retries and resumes, as an async iterator of typed events.
 *
 * @module
 */
export { connect } from './connect.js'
export { ConnectError } from '../errors/connect-error.js'
export type { ConnectErrorCode, ConnectErrorKind } from '../errors/connect-error.js'
export { OptionError } from '../errors/option-error.js'
export { isEventWireError } from '../errors.js'
export type { EventWireError } from '../errors.js'
export type { PauseReason } from './pause.js'
export type { StandardIssue, StandardResult, StandardSchemaV1 } from './standard-schema.js'
export type {
  Attempt,
  Awaitable,
  BackoffOptions,
  CloseReason,
  ConnectOptions,
  Connection,
  DataDecoder,
  DecodedMap,
  Decoder,
  DecoderMap,
  EventMap,
  FetchInit,
  FetchedResponse,
  ReconnectMode,
  ResumeRequest,
  State,
  StateChange,
  TypedEvent,
} from './types.js'
export type { ServerSentEvent } from '../wire/types.js'
