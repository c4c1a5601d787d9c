import type { ServerSentEvent } from '../wire/types.js'

/**
 * Options of `createParser`; `parse`, `events()` and `EventDecoderStream` take them without `onEvent`.
 *
 * Callbacks are called on the options object, inside `feed` and `end`, one at a time, in stream order. Inside one, `feed` and `end`
 * are taken after the current chunk, and `reset` drops the rest of it. If one throws, the error
 * reaches the caller of `feed` or `end`; the event in hand counts as delivered, and what is left of
 * the chunk is taken at the next `feed` or `end`.
 */
export interface ParserOptions {
  /** Each event at the blank line that dispatches it (WHATWG HTML 9.2.6). The object is the caller's. */
  onEvent?(event: ServerSentEvent): void
  /** All after the colon, as it stands: one leading space is part of it. */
  onComment?(text: string): void
  /** The reconnection time in milliseconds, as soon as its line ends. Not clamped. */
  onRetry?(ms: number): void
  /** The last event ID, at the blank line of a block that carried a valid `id`, with or without data, before `onEvent`. */
  onId?(id: string): void
  /** The last event ID to start from. Default `""`. */
  lastEventId?: string
  /**
   * UTF-16 code units that the field values of one event, or one comment that is listened to, may take.
   * The same for every chunking. Default 64 Mi; `Infinity` lifts it.
   */
  maxEventSize?: number
}

/** See `createParser`. Its methods may be taken off it. */
export interface Parser {
  /**
   * Takes the next piece of the stream, cut anywhere. Bytes are not kept after the call returns.
   *
   * @throws {LimitError} past `maxEventSize`, and again until `reset()`; `TypeError` for anything but text or bytes.
   */
  feed(chunk: string | Uint8Array): void
  /** Ends the stream: an unfinished block is dropped, its id too. Ready for the next; keeps `lastEventId`. */
  end(): void
  /** Forgets all that was fed, the rest of a chunk in work too, and starts a stream anew. */
  reset(options?: { lastEventId?: string }): void
  /** The last event ID (WHATWG HTML 9.2.6): that of the last block that ended with a valid `id`. */
  readonly lastEventId: string
}
