/**
 * An event as the parser dispatches it (WHATWG HTML 9.2.6). `encode()` takes it too.
 */
export interface ServerSentEvent {
  /** The event type; `"message"` where the stream names none. */
  event: string
  /** The data lines, joined with LF. */
  data: string
  /** The last event ID at dispatch: it persists from earlier blocks. `""` where there is none. */
  id: string
}

/** What `encode()` takes: the field names of the wire. */
export interface EventMessage {
  /** The event type. No CR, LF or NUL. Needs `data` beside it: a block without data never dispatches. */
  event?: string
  /** The text to carry; `""` is an event with empty data. CR, LF and CRLF all arrive as LF. */
  data?: string
  /** The event ID. `""` resets the reader's last event ID. No CR, LF, NUL, nor white space at either end. */
  id?: string | number
  /** The reconnection time in milliseconds: a safe integer, not negative. */
  retry?: number
  /** Text no reader dispatches: one `: ` line for each of its lines. */
  comment?: string
}
