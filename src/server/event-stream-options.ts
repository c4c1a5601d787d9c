import { checkOptions } from '../options/check-options.js'
import type { Rules } from '../options/check-options.js'
import {
  anything,
  isBoolean,
  isFunction,
  milliseconds,
  numberOf,
  oneOf,
  reconnectionTime,
  wholeNumberOf,
} from '../options/rules.js'
import { attempt } from './async.js'
import { resolveCors, type CorsOptions } from './cors.js'
import type { HeadSettings } from './exchange.js'
import { defaultHeartbeat, streamFields } from './response-head.js'

/** Options of `eventStream`. All times are milliseconds, all sizes bytes. */
export interface EventStreamOptions {
  /** Status of the response: 200 to 599, but none without a body. Default 200, the only one an `EventSource` takes. */
  status?: number
  /**
   * More headers, or others in place of the defaults (`content-type: text/event-stream`,
   * `cache-control: no-cache, no-transform`, `x-accel-buffering: no`, `incremental: ?1`). Those that speak of the
   * connection, such as `connection`, are left out.
   */
  headers?: NonNullable<RequestInit['headers']>
  /** The reconnection time readers are told at the start. Default: none, so that they use their own. */
  retry?: number
  /** A comment is sent when nothing was for this long, so that no proxy takes the connection for dead. Default 15,000, on Bun 8000; 0 for none. */
  heartbeat?: number
  /** Size of a comment at the start, for proxies that hold back the first bytes. At most 65,536. Default 0. */
  padding?: number
  /** Whether a comment is sent at once. `false` where a reader cannot take one; heartbeats are comments too. Default `true`. */
  greeting?: boolean
  /** Answers pages of other origins, and their preflights. Default: nothing about it is said. */
  cors?: CorsOptions
  /** `require` answers 406 to a request that does not accept event streams. Default `ignore`. */
  accept?: 'ignore' | 'require'
  /** When a reader that takes too little is let go. */
  slow?: {
    /** Bytes that may wait for it when the next message comes. Default 1,048,576. */
    maxBytes?: number
    /** How long the transport may take nothing of what waits. Default 30,000. */
    stall?: number
  }
  /**
   * Told what the source threw, its clean-up too, once per error. It may throw; that goes to the
   * console. Default: `console.error`.
   */
  onError?(error: unknown): void
}

/** The options with their defaults, checked. */
export interface Settings {
  readonly status: number
  readonly head: HeadSettings
  readonly greeting: boolean
  readonly retry: number | undefined
  readonly heartbeat: number
  readonly padding: number
  readonly accept: 'ignore' | 'require' | undefined
  readonly maxBytes: number
  readonly stall: number
  /** Tells `onError`. Never throws. */
  report(error: unknown): void
}

/** Those of responses that have a body. */
const STATUS = /^(?!204|205|304)[2-5]\d\d$/

/** `slow` of a stream and of a channel. */
export const SLOW_RULES: Rules = {
  maxBytes: /* @__PURE__ */ numberOf('bytes', 1),
  stall: /* @__PURE__ */ numberOf('milliseconds', 1),
}

const RULES: Rules = {
  status: (value) => !(typeof value === 'number' && STATUS.test(`${value}`)) && 'must be 200 to 599, with a body',
  headers: anything,
  retry: reconnectionTime,
  heartbeat: milliseconds,
  greeting: isBoolean,
  cors: anything,
  padding: /* @__PURE__ */ wholeNumberOf('bytes', 0, 65_536),
  accept: /* @__PURE__ */ oneOf('ignore', 'require'),
  slow: SLOW_RULES,
  onError: isFunction,
}

/** @throws {OptionError} */
export function resolveOptions(options: EventStreamOptions = {}): Settings {
  checkOptions(options, RULES)
  const { status = 200, headers, retry, greeting = true, padding = 0, accept, slow = {}, cors } = options
  const { heartbeat = defaultHeartbeat() } = options
  const { maxBytes = 1024 * 1024, stall = 30_000 } = slow
  const report = (error: unknown): void => {
    const tell = (): unknown =>
      options.onError ? options.onError(error) : console.error('The source of an event stream failed:', error)
    void attempt(tell, console.error)
  }
  const head = { fields: streamFields(headers), cors: resolveCors(cors, report) }
  return { status, head, greeting, retry, heartbeat, padding, accept, maxBytes, stall, report }
}
