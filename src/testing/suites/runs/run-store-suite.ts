import { check, checkOptions, type Rule } from '../../../options/check-options.js'
import { wholeNumberOf } from '../../../options/rules.js'
import { createSuite, type Suite } from '../suite.js'
import { CLAIMS } from './claim-cases.js'
import { LEASES } from './lease-cases.js'
import { RECORDINGS } from './record-cases.js'
import { trialsOf, type RunStoreAdapter } from './store-trial.js'

/** Options of `runStoreSuite`. All times are milliseconds. */
export interface RunStoreSuiteOptions {
  /** A lease that is left to run out, and a `keep` that is waited for. Default 300. */
  readonly lease?: number | undefined
  /** What each wait may take. Default 5000. */
  readonly timeout?: number | undefined
}

const wait = /* @__PURE__ */ wholeNumberOf('milliseconds', 1, 600_000)

const rules = { lease: wait, timeout: wait } as const satisfies Record<keyof RunStoreSuiteOptions, Rule>

/**
 * The contract of `RunStore` as named cases, for the stores of eventwire and for your own.
 *
 * Every case opens what it needs and closes it; cases may run at the same time.
 *
 * @throws {OptionError} for an adapter without `open`, and for an option that does not exist or makes no sense.
 *
 * @example
 * ```ts no-run
 * import { runStoreSuite } from 'eventwire/testing'
 * import { redisRuns } from 'eventwire/redis'
 * import { Redis } from 'ioredis'
 *
 * const client = new Redis()
 * const open = () => redisRuns({ client, prefix: 'test:' })
 * for await (const { status, name, message } of runStoreSuite({ open, another: open })) {
 *   if (status === 'fail') console.log(name, message)
 * }
 * ```
 */
export function runStoreSuite(adapter: RunStoreAdapter, options: RunStoreSuiteOptions = {}): Suite {
  check('open', typeof adapter?.open === 'function', 'must be a function that opens a store')
  checkOptions(options, rules)
  const { lease = 300, timeout = 5000 } = options
  return createSuite({
    name: 'run store',
    cases: [...CLAIMS, ...RECORDINGS, ...LEASES],
    context: trialsOf(adapter, lease, timeout),
    without: [],
    abilities: {},
  })
}
