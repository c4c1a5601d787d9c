import { OptionError } from '../../../errors/option-error.js'
import { checkOptions, type Rule } from '../../../options/check-options.js'
import { anything, isFunction, wholeNumberOf } from '../../../options/rules.js'
import { createSuite, type Suite } from '../suite.js'
import { CLOSE } from './close-cases.js'
import { LOSSES } from './loss-cases.js'
import { ORDER } from './order-cases.js'
import { PROCESSES } from './process-cases.js'
import { RESUME } from './resume-cases.js'
import { trialsOf, type TransportAdapter } from './transport-trial.js'

/** Options of `transportSuite`. All times are milliseconds. */
export interface TransportSuiteOptions {
  /** What each wait may take. Default 5000. */
  readonly timeout?: number | undefined
}

const rules = { timeout: /* @__PURE__ */ wholeNumberOf('milliseconds', 1, 600_000) } as const satisfies Record<
  keyof TransportSuiteOptions,
  Rule
>

const members = {
  open: isFunction,
  another: isFunction,
  reopen: isFunction,
  forget: isFunction,
  lose: isFunction,
  '*': anything,
}

/** What an adapter may leave out, and why cases are left out then. */
const ABILITIES = {
  another: 'The adapter has no `another`: the transport is for one process.',
  reopen: 'The adapter has no `reopen`: the transport does not outlive its process.',
  lose: 'The adapter has no `lose`: the transport cannot lose its place.',
} as const

/**
 * The contract of `Transport` as named cases, for the transports of eventwire and for your own: order, resume at every
 * position, trim under a reader, reset, close at every await, hostile ids, ephemeral events, keys, restarts and two processes.
 *
 * Every case opens what it needs and closes it. Cases may run at the same time where each `open` gives a transport over
 * events of its own.
 *
 * @throws {OptionError} for an adapter without `open`, and for an option that does not exist or makes no sense.
 *
 * @example
 * ```ts no-run
 * import { transportSuite, type Transport } from 'eventwire/testing'
 * import { redisStreams } from 'eventwire/redis'
 * import { Redis } from 'ioredis'
 *
 * const keys = new WeakMap<Transport, string>()
 * const at = (key: string): Transport => {
 *   // A client for each stands for a process of its own.
 *   const transport = redisStreams({ client: new Redis({ lazyConnect: true }), key })
 *   keys.set(transport, key)
 *   return transport
 * }
 * const suite = transportSuite({
 *   open: () => at(crypto.randomUUID()),
 *   another: (transport) => at(keys.get(transport)!),
 *   reopen: (transport) => at(keys.get(transport)!),
 * })
 * for await (const { status, name, message } of suite) {
 *   if (status === 'fail') console.log(name, message)
 * }
 * ```
 */
export function transportSuite(adapter: TransportAdapter, options: TransportSuiteOptions = {}): Suite {
  if (typeof adapter?.open !== 'function') throw new OptionError('open', 'must be a function that opens a transport')
  checkOptions(adapter, members)
  checkOptions(options, rules)
  const { timeout = 5000 } = options
  const without = (Object.keys(ABILITIES) as (keyof typeof ABILITIES)[]).filter((name) => !adapter[name])
  const cases = [...ORDER, ...RESUME, ...LOSSES, ...PROCESSES, ...CLOSE]
  return createSuite({ name: 'transport', cases, context: trialsOf(adapter, timeout), without, abilities: ABILITIES })
}
