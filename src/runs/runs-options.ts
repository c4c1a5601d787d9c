import { check, checkOptions, type Rules } from '../options/check-options.js'
import { anything, isFunction, isName, milliseconds, numberOf, reconnectionTime } from '../options/rules.js'
import { attempt } from '../server/async.js'
import { resolveCors, type Cors, type CorsOptions } from '../server/cors.js'
import { defaultHeartbeat, streamFields, type HeadFields } from '../server/response-head.js'
import type { StreamMessage } from '../server/stream-message.js'
import type { RecordedMessage } from './record.js'
import type { RunStore } from './run-store.js'
import { MAX_DELAY } from '../wire/constants.js'

type Compacted = StreamMessage | Iterable<StreamMessage> | undefined | void

/** Options of `createRuns`. All times are milliseconds, all sizes bytes. */
export interface RunsOptions {
  /** Where runs are recorded: `redisRuns`, `sqliteRuns`. These runs close it. Default: the memory of this process, 64 MiB. */
  store?: RunStore
  /** How long a run is kept after its end. Default 600,000. */
  keep?: number
  /** What one run may hold on the wire. Past it the run fails. Default 8,388,608. */
  maxBytes?: number
  /**
   * A run whose process has not been heard of for this long is lost. Renewed four times in it. Default 10,000. The longest that
   * a process may be blocked.
   */
  lease?: number
  /** Readers get something at least this often, so that no proxy takes the connection for dead. Default 15,000; 0 for never. */
  heartbeat?: number
  /** The reconnection time readers are told. Default 2000. */
  retry?: number
  /** More headers for every answer, or others in place of the defaults: see `eventStream`. */
  headers?: NonNullable<RequestInit['headers']>
  /** Lets pages of other origins read. Default: none. */
  cors?: CorsOptions
  /** The type of the event that ends a run which does not end well. Default `run`. */
  endEvent?: string
  /**
   * Gives the messages so far in fewer: a reader that has nothing gets those in place of what they stand for. Called
   * with messages as they were sent, seldom and never twice at once for one run. Where it gives nothing, or throws, the reader gets all.
   */
  compact?(messages: readonly RecordedMessage[]): Compacted | PromiseLike<Compacted>
  /** Told what sources threw, and what went wrong in the store. Default: `console.error`. */
  onError?(error: unknown): void
}

/** The options with their defaults, checked. */
export interface RunsSettings {
  readonly keep: number
  readonly maxBytes: number
  readonly lease: number
  readonly heartbeat: number
  readonly retry: number
  readonly fields: HeadFields
  readonly cors: Cors | undefined
  readonly endEvent: string
  /** The options themselves: hooks are called as their methods. */
  readonly hooks: RunsOptions
  /** Never throws. */
  report(error: unknown): void
}

const LONGEST_KEY = 256

const time = /* @__PURE__ */ numberOf('milliseconds', 1, MAX_DELAY)

const RULES: Rules = {
  store: (value) => typeof (value as Partial<RunStore> | null)?.claim !== 'function' && 'must be a store of runs',
  keep: time,
  maxBytes: /* @__PURE__ */ numberOf('bytes', 1),
  lease: time,
  heartbeat: milliseconds,
  retry: reconnectionTime,
  headers: anything,
  cors: anything,
  endEvent: isName,
  compact: isFunction,
  onError: isFunction,
}

/** @throws {OptionError} */
export function resolveRunsOptions(options: RunsOptions = {}): RunsSettings {
  checkOptions(options, RULES)
  const {
    keep = 600_000,
    maxBytes = 8 * 1024 * 1024,
    lease = 10_000,
    heartbeat = defaultHeartbeat(),
    retry = 2000,
  } = options
  const { headers, endEvent = 'run' } = options
  const tell = (error: unknown): unknown =>
    options.onError ? options.onError(error) : console.error('A run failed:', error)
  const report = (error: unknown): void => void attempt(() => tell(error), console.error)
  const cors = resolveCors(options.cors, report)
  return {
    keep,
    maxBytes,
    lease,
    heartbeat,
    retry,
    fields: streamFields(headers),
    cors,
    endEvent,
    hooks: options,
    report,
  }
}

export function isKey(key: unknown): key is string {
  return typeof key === 'string' && key.length > 0 && key.length <= LONGEST_KEY
}

/** @throws {OptionError} */
export function checkKey(key: unknown): asserts key is string {
  check('key', isKey(key), `must be a string of 1 to ${LONGEST_KEY} characters`)
}
