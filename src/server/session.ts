import type { Awaitable } from './async.js'
import type { EventRequest } from './event-request.js'
import type { StreamMessage } from './stream-message.js'

/**
 * Why a session ended, the first thing that ended it:
 *
 * - `end`: the source had no more
 * - `closed`: `close()` was called
 * - `disconnected`: the reader left, or its request was aborted
 * - `slow`: the reader took too little (`slow` in the options)
 * - `failed`: the source threw
 * - `no-stream`: it was never a stream, because of a HEAD request or a 406
 */
export type CloseReason = 'end' | 'closed' | 'disconnected' | 'slow' | 'failed' | 'no-stream'

/** One event stream on its way to one reader. The code that called `eventStream` owns it; any code may use it. */
export interface Session {
  /**
   * Sends a message. Messages go out in the order of the calls.
   *
   * @returns `false` above the high-water mark (the message was taken; wait for `drained()` before the
   * next one), and where the session has ended (it was not).
   * @throws {EncodeError} for what the format or JSON cannot carry, before a byte is written; the stream
   * goes on.
   */
  send(message: StreamMessage): boolean
  /** Sends a comment, which no reader dispatches. Returns like `send`. */
  comment(text: string): boolean
  /** Resolves once there is room for more; at once where there is, or where the session has ended. Never rejects. */
  drained(): Promise<void>
  /** Ends the stream after what was sent so far. Does nothing where it has ended. */
  close(): void
  /** The request that it answers. */
  readonly request: EventRequest
  /** Aborted when the session ends, for whatever reason: hand it to what the source waits for. Made when first read. */
  readonly signal: AbortSignal
  /** `request.lastEventId`: the reader goes on from there, `""` from the start. */
  readonly lastEventId: string
  /** Resolves once the connection is done with. Never rejects. */
  readonly closed: Promise<CloseReason>
  /** Bytes sent that the transport has not taken yet. */
  readonly bufferedBytes: number
}

/**
 * Where a session's messages come from.
 *
 * - An iterable, asynchronous or not, is pulled as fast as the reader takes, and ends the stream when it ends. When the
 *   session ends first, its `return()` is called once. A message that cannot be encoded is thrown into it.
 * - A function is called with the session. It gives such an iterable (a generator function, say), or a
 *   function that cleans up, or nothing, or a promise of one of them; anything else fails the stream. The clean-up is called exactly
 *   once: when the session ends, or at once if the session has ended before the function gave it.
 */
export type Source = Messages | ((session: Session) => Messages | Awaitable<Messages | void | (() => void)>)

type Messages = AsyncIterable<StreamMessage> | Iterable<StreamMessage>
