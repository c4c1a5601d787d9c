/**
 * Text or bytes in, events out (WHATWG HTML 9.2.5 and 9.2.6). Pure: no timers, no I/O.
 *
 * @module
 */
export { createParser } from './create-parser.js'
export { parse } from './parse.js'
export type { EndOptions, Parser, ParserOptions } from './types.js'
export { LimitError } from '../errors/limit-error.js'
export { OptionError } from '../errors/option-error.js'
export { isEventWireError } from '../errors.js'
export type { EventWireError } from '../errors.js'
export type { ServerSentEvent } from '../wire/types.js'
