import { check, checkOptions, type Rule } from '../options/check-options.js'
import { anything, isName, wholeNumberOf } from '../options/rules.js'
import { PAGE_BYTES, type RunState, type RunStore } from '../runs/run-store.js'
import { closed } from './commands.js'
import type { RedisClient } from './links-of.js'
import { APPEND, CLAIM, END, FORGET, LOOK, RENEWAL } from './run-scripts.js'
import { RunWatch } from './run-watch.js'
import { share } from './shared.js'

/** Options of `redisRuns`. All times are milliseconds. */
export interface RedisRunsOptions {
  /**
   * A client of ioredis (`new Redis()`) or node-redis (`createClient()`), both from version 5. It is the
   * pattern for the connections this makes, and is neither used nor closed itself; it need not be connected.
   */
  readonly client: RedisClient
  /** What all keys begin with, after the client's key prefix where it has one. */
  readonly prefix: string
  /** How long Redis may take to connect and answer before that counts as an error, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number | undefined
}

const rules = {
  client: anything,
  prefix: isName,
  timeoutMs: /* @__PURE__ */ wholeNumberOf('milliseconds', 1, 1_000_000_000),
} as const satisfies Record<keyof RedisRunsOptions, Rule>

/** Records fetched at a time. */
const STEP = 64

/**
 * Records runs in Redis, for all processes that use the same prefix. Give the result to `createRuns` as `store`; the
 * runs close it. Works with Redis from 6.2, one server. Two connections are opened once they are
 * needed: one for commands, and one that waits for news while anyone watches. Everything with the same client shares them.
 *
 * Every write is one script that asks Redis itself for the time, the token and the count, so that a process that was
 * blocked longer than its lease is refused. Everything expires by itself. The user needs `+eval +time +hmget +hset
 * +del +pexpire +xadd +xrange +xread`, and the keys under the prefix.
 *
 * @throws {OptionError} for options that do not exist or make no sense, and a client of an unknown kind.
 *
 * @example
 * ```ts
 * import { createRuns } from 'eventwire/runs'
 * import { redisRuns } from 'eventwire/redis'
 * import { Redis } from 'ioredis'
 *
 * const client = new Redis({ lazyConnect: true })
 * const runs = createRuns({ store: redisRuns({ client, prefix: 'chat:' }) })
 *
 * await runs.close()
 * client.disconnect()
 * ```
 */
export function redisRuns(options: RedisRunsOptions): RunStore {
  checkOptions(options, rules)
  const { client, prefix, timeoutMs = 5000 } = options ?? {}
  check('prefix', prefix !== undefined, 'is missing. Give what the keys of the runs begin with')
  const { commands, reader, keyPrefix, release } = share(client)
  const base = keyPrefix + prefix
  const watch = new RunWatch(reader, timeoutMs)
  let closing: Promise<void> | undefined

  const send = async (what: string, ...args: string[]): Promise<unknown> => {
    if (closing) throw closed()
    return commands.send(args, what, timeoutMs)
  }
  // A key in Redis is bytes: half a surrogate pair would become another character.
  const hashOf = (key: string): string => `${base}run:${JSON.stringify(key).slice(1, -1)}`
  const logOf = (token: string): string => `${base}log:${token}`
  const endOf = (token: string): string => `${base}end:${token}`
  const run = (what: string, script: string, [key, token, ...args]: [string, string, ...string[]]): Promise<unknown> =>
    send(what, 'EVAL', script, '3', hashOf(key), logOf(token), endOf(token), token, ...args)
  const look = (key: string): Promise<string[] | null> =>
    send('say how a run stands', 'EVAL', LOOK, '1', hashOf(key)) as Promise<string[] | null>

  const page = async (token: string, after: number, count: number): Promise<string[]> => {
    const records: string[] = []
    let length = 0
    while (after + records.length < count && length < PAGE_BYTES) {
      const from = after + records.length + 1
      const to = Math.min(count, from + STEP - 1)
      const reply = await send('read the run', 'XRANGE', logOf(token), `${from}-0`, `${to}-0`)
      const entries = reply as [string, [string, string]][]
      if (entries.length === 0) break
      for (const [, fields] of entries) {
        if (length >= PAGE_BYTES) break
        records.push(fields[1])
        length += fields[1].length
      }
    }
    return records
  }

  return {
    claim: async (key, { token, lease, keep }) =>
      Number(await run('take the run', CLAIM, [key, token, wholeOf(lease), wholeOf(keep)])) === 1,
    append: (key, token, count, records) =>
      run('take the records', APPEND, [key, token, String(count), ...records]) as Promise<RunState>,
    renew: (key, token) => run('renew the lease', RENEWAL, [key, token]) as Promise<RunState>,
    async end(key, token, state) {
      const meant = token ?? (await look(key))?.[0]
      if (meant === undefined) return undefined
      return ((await run('end the run', END, [key, meant, state])) ?? undefined) as RunState | undefined
    },
    async read(key, count) {
      const reply = await look(key)
      if (!reply) return undefined
      const [token, state, total, lease] = reply as [string, RunState, string, string]
      const records = await page(token, count, Number(total))
      return { token, state, count: Number(total), lease: Number(lease), records }
    },
    async forget(key) {
      const token = (await look(key))?.[0]
      if (token !== undefined) await run('forget the run', FORGET, [key, token])
    },
    watch: (_, token, what, wake) => watch.add(what === 'end' ? [endOf(token)] : [endOf(token), logOf(token)], wake),
    close: () => (closing ??= Promise.all([watch.close(), release()]).then(() => {})),
  }
}

/** Redis takes whole milliseconds, and none that end after its calendar: some 300 years. */
function wholeOf(milliseconds: number): string {
  return String(Math.ceil(Math.min(milliseconds, 1e13)))
}
