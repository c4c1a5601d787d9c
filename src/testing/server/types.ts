import type { Disposable } from '../../streams/async-symbols.js'
import type { Step } from '../script/steps.js'

/**
 * What the server answers.
 *
 * - A list of steps is one answer; a list of such lists is one answer per request, in order of arrival.
 *   Requests beyond the last list get 204, which tells an SSE client to stop.
 * - A function is asked at every request. `number` counts from 1. `undefined` gives that 204.
 */
export type Script = readonly Step[] | readonly (readonly Step[])[] | ScriptFunction

/** Makes the answer for a request; `number` counts the requests from 1. */
export type ScriptFunction = (
  request: ScriptedRequest,
  number: number,
) => readonly Step[] | undefined | Promise<readonly Step[] | undefined>

/** One request, as it stands in the log once its body has arrived. */
export interface ScriptedRequest {
  /** Counts from 1, in order of arrival. */
  readonly number: number
  /** The HTTP method. */
  readonly method: string
  /** Path and query, as sent. */
  readonly url: string
  /** Names in lower case; repeated ones joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** `Last-Event-ID`, read as UTF-8; `undefined` where the header is absent. */
  readonly lastEventId: string | undefined
  /** The whole body, as text. */
  readonly body: string
  /** Milliseconds since the server was made, on a clock that never goes back. */
  readonly time: number
  /** Which connection it came on, counted from 1: two requests with the same number shared one. */
  readonly socket: number
  /** Whether the script had an answer for it. */
  readonly scripted: boolean
  /** Who ended the exchange: the script (end, cut, or `close()` of the server), or the client, which left before. */
  readonly closed: Promise<'script' | 'client'>
}

/** Options of `createScriptedServer`. */
export interface ScriptedServerOptions {
  /** Serves HTTPS with this key and certificate (PEM). Default plain HTTP. */
  tls?: { key: string; cert: string }
  /** Speaks HTTP/2: beside HTTP/1.1 with `tls`, alone without. Default HTTP/1.1 only. */
  http2?: boolean
  /**
   * Lets pages of every origin read the answers, and answers their preflights, which take no answer of the script and stand
   * in no log. A header that a step names comes first: `null` for `access-control-allow-origin` refuses the page. Default false.
   */
  cors?: boolean
}

/** See `createScriptedServer`. */
export interface ScriptedServer extends Disposable {
  /** `http://127.0.0.1:PORT/`, or `https://localhost:PORT/` with `tls`. */
  readonly url: string
  /** All requests so far, in order of arrival. */
  readonly requests: readonly ScriptedRequest[]
  /**
   * Connections that are open at this moment, idle ones too. Clients with a pool keep some for later, and
   * may open one ahead of need.
   */
  readonly openSockets: number
  /** Requests under way: neither has the script ended them nor the client left. */
  readonly openAnswers: number
  /**
   * Resolves with the request of that number (from 1) as soon as it is there.
   *
   * @throws {WaitTimeoutError} after `timeout` milliseconds, default 5000.
   */
  waitForRequest(number: number, options?: { timeout?: number }): Promise<ScriptedRequest>
  /**
   * Resolves when no request is under way: nothing of the client still listens.
   *
   * @throws {WaitTimeoutError} after `timeout` milliseconds, default 5000.
   */
  waitForIdle(options?: { timeout?: number }): Promise<void>
  /**
   * Resolves when exactly `count` connections are open.
   *
   * @throws {WaitTimeoutError} after `timeout` milliseconds, default 5000.
   */
  waitForSockets(count: number, options?: { timeout?: number }): Promise<void>
  /**
   * Drops every connection and stops listening. May be called again.
   *
   * Rejects with the first error the script itself made at a request: a function that threw, a senseless list.
   */
  close(): Promise<void>
}
