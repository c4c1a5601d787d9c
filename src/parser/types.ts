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
  /**
   * A line that the standard has a reader ignore (9.2.6), as it stands: of a field that it does not know, a `retry` that is
   * not all ASCII digits, an `id` with NUL. As soon as the line ends. Comments go to `onComment`.
   */
  onIgnored?(line: string): void
  /** The last event ID to start from. Default `""`. */
  lastEventId?: string | undefined
  /**
   * UTF-16 code units that the field values of one event may take, with a comment or an ignored line that is
   * listened to beside them. The same for every chunking. Default 64 Mi; `Infinity` lifts it.
   */
  maxEventSize?: number | undefined
}

/** Options of `end()` of a parser, and of `parse()`. */
export interface EndOptions {
  /**
   * What becomes of a line and a block that the stream ends in. The standard drops both (WHATWG HTML 9.2.6), the default: the
   * stream may have been cut there. `deliver` takes them as ended, for streams whose last blank line a gateway leaves out.
   */
  unfinished?: 'drop' | 'deliver' | undefined
}

/** See `createParser`. Its methods may be taken off it. */
export interface Parser {
  /**
   * Takes the next piece of the stream, cut anywhere. Bytes are not kept after the call returns.
   *
   * @throws {LimitError} past `maxEventSize`, and again until `reset()`; `TypeError` for anything but text or bytes.
   */
  feed(chunk: string | Uint8Array): void
  /**
   * Ends the stream: an unfinished block is dropped, its id too, unless `unfinished: 'deliver'`. Ready for the next; keeps
   * `lastEventId`.
   *
   * @throws {OptionError} for an option that makes no sense; {LimitError} where what is delivered is past `maxEventSize`.
   */
  end(options?: EndOptions): void
  /**
   * Forgets all that was fed, the rest of a chunk in work too. The next chunk begins a stream, with this last event ID
   * (default `""`).
   *
   * @throws {OptionError} for an option that makes no sense; nothing is forgotten then.
   */
  reset(options?: { lastEventId?: string | undefined }): void
  /** The last event ID (WHATWG HTML 9.2.6): that of the last block that ended with a valid `id`. */
  readonly lastEventId: string
}
