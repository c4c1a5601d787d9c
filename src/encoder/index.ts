/**
 * Events in, text for the wire out. What the format cannot carry is refused. Pure: no timers, no I/O.
 *
 * @module
 */
export { encode } from './encode.js'
export type { EncodeOptions } from './encode.js'
export { encodeComment } from './encode.js'
export { EncodeError } from '../errors/encode-error.js'
export type { EncodeErrorField } from '../errors/encode-error.js'
export { isEventWireError } from '../errors.js'
export type { EventWireError } from '../errors.js'
export type { EventMessage, ServerSentEvent } from '../wire/types.js'
