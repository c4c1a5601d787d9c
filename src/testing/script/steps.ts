import type { EventMessage } from '../../wire/types.js'

/**
 * How a connection is lost before its answer is complete.
 *
 * - `fin`: closed after all that was written has gone; the end of the answer never comes.
 * - `reset`: a TCP reset. On HTTP/2 the stream alone is reset, with INTERNAL_ERROR.
 * - `goaway`: HTTP/2 only. The server sends GOAWAY and closes the connection under the open stream.
 */
export type Cut = 'fin' | 'reset' | 'goaway'

/**
 * Status and headers. Where no step gives them the answer is 200 with `content-type: text/event-stream` and
 * `cache-control: no-cache`; other statuses get no header of their own. `null` leaves a header out.
 * The head goes out at its last step, or with the first byte where there is none.
 */
export interface HeadStep {
  /** The HTTP status. Default 200. */
  status?: number
  /** Set beside those that an event stream has; `null` leaves one out. */
  headers?: Record<string, string | null>
}

interface Delivery {
  /** Writes in pieces of `size` bytes, `gap` milliseconds apart (default 0: one write after the other). */
  drip?: { size: number; gap?: number }
  /**
   * Sends that many bytes and loses the connection; below zero it counts from the end. `"code-point"`
   * cuts inside the first code point that takes more than one byte.
   */
  cutAfter?: number | 'code-point'
  /** How `cutAfter` loses it. Default `"fin"`, which delivers every byte before the cut. */
  cut?: Cut
}

/** Any bytes, as they stand; text is sent as UTF-8. */
export interface BytesStep extends Delivery {
  /** What is written. */
  bytes: string | Uint8Array
}

/** An event as `encode()` writes it. What the encoder refuses can be sent with `bytes`. */
export interface EventStep extends Delivery {
  /** What `encode()` is given. */
  event: EventMessage
}

/**
 * Bytes outside the framing of HTTP/1: after the head a broken chunk, before it an answer written by
 * hand, with `bytes` and `event` steps following it unframed. Needs a server over HTTP/1.
 */
export interface RawStep {
  /** What is written to the socket. */
  raw: string | Uint8Array
}

/**
 * Goes on after so many milliseconds, when the promise is settled well, or after the function, which is
 * called when the script gets there.
 */
export interface WaitStep {
  /** Milliseconds, a promise (`createGate()` makes one to open by hand), or a function. */
  wait: number | PromiseLike<unknown> | (() => unknown)
}

/** Nothing more, with the connection open, until the reader leaves. As first step: no answer at all. */
export interface StallStep {
  /** Always `true`. */
  stall: true
}

/** Loses the connection. As first step: before any answer. */
export interface CutStep {
  /** How it is lost. */
  cut: Cut
}

/**
 * Ends the answer as HTTP has it. A list that does not say how it ends, ends so. Short of its `content-length`
 * it ends as a truncated body does, with the connection.
 */
export interface EndStep {
  /** Always `true`. */
  end: true
}

/** Answers with a redirect (307 unless told otherwise). The next request takes the next list. */
export interface RedirectStep {
  /** Where to, relative to the URL of the server. */
  redirect: string | URL
  /** The HTTP status. Default 307. */
  status?: number
}

/** One step of an answer. The key says which; a list of them is one answer. */
export type Step = HeadStep | BytesStep | EventStep | RawStep | WaitStep | StallStep | CutStep | EndStep | RedirectStep
