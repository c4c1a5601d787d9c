/** The byte, and the code unit, that ends a line in most streams (WHATWG HTML 9.2.5). */
export const LF = 0x0a

/** The type of an event whose stream names none (WHATWG HTML 9.2.6). */
export const DEFAULT_EVENT_TYPE = 'message'

/** UTF-16 code units one event may take before the parser refuses it, where nothing else is asked for. */
export const DEFAULT_MAX_EVENT_SIZE: number = 64 * 1024 * 1024

/** The MIME type of an event stream. */
export const EVENT_STREAM_TYPE = 'text/event-stream'

/** The longest delay a timer can keep, in milliseconds; hosts fire at once for anything above it. */
export const MAX_DELAY: number = 2 ** 31 - 1
