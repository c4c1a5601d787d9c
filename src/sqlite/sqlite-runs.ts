import { OptionError } from '../errors/option-error.js'
import { checkOptions, type Rule } from '../options/check-options.js'
import { anything, isName } from '../options/rules.js'
import type { RunStore } from '../runs/run-store.js'
import { MAX_DELAY } from '../wire/constants.js'
import { Database, type SqliteDatabase } from './database.js'
import { RunTable } from './run-table.js'
import { RunsWatch } from './runs-watch.js'
import { SqliteTransportError } from './sqlite-error.js'

/** Options of `sqliteRuns`. */
export interface SqliteRunsOptions {
  /**
   * An open database: a `DatabaseSync` of `node:sqlite`, or a database of `better-sqlite3` or `bun:sqlite`. It is used,
   * and stays the caller's to close, after the runs. Put it into WAL mode (`PRAGMA journal_mode = WAL`).
   */
  readonly database: SqliteDatabase
  /** The name of the table of runs, and the beginning of the names of those beside it. Default `eventwire_runs`. */
  readonly table?: string | undefined
}

const rules = { database: anything, table: isName } as const satisfies Record<keyof SqliteRunsOptions, Rule>

/** Milliseconds to wait for another process that writes, in all and between attempts. */
const PATIENCE = 3000
const AGAIN = 10

/** Milliseconds between sweeps, at least: of what goes soon after each other, all goes at once. */
const SWEEP_PAUSE = 1000

/**
 * Records runs in a SQLite file, for all processes of one machine that open it. Give the result to `createRuns` as
 * `store`; the runs close it. Any number of processes may write.
 *
 * What a process writes is heard of at once in it, and in the others within 50 ms. A run is dropped from the file when
 * it was kept long enough. Where another process holds the lock of the file, the store waits for it, without blocking.
 *
 * @throws {OptionError} for options that do not exist or make no sense.
 *
 * @example
 * ```ts no-run
 * import { DatabaseSync } from 'node:sqlite'
 * import { createRuns } from 'eventwire/runs'
 * import { sqliteRuns } from 'eventwire/sqlite'
 *
 * const database = new DatabaseSync('runs.db')
 * database.exec('PRAGMA journal_mode = WAL')
 * const runs = createRuns({ store: sqliteRuns({ database }) })
 *
 * await runs.close()
 * database.close()
 * ```
 */
export function sqliteRuns(options: SqliteRunsOptions): RunStore {
  checkOptions(options, rules)
  const { database, table = 'eventwire_runs' } = options ?? {}
  if (database === undefined) throw new OptionError('database', 'is missing. Give an open database')
  return createStore(new Database(database), table)
}

function createStore(database: Database, name: string): RunStore {
  let opened: RunTable | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isClosed = false
  const table = (): RunTable => (opened ??= new RunTable(database, name))
  const watch = new RunsWatch({ version: () => table().version(), find: (key) => table().find(key) })

  const tell = (key: string): void => {
    try {
      watch.tell(key, table().find(key))
    } catch {
      // What is written is written: the next look tells.
    }
  }

  const sweep = (): void => {
    timer = undefined
    try {
      plan(table().sweep())
    } catch {
      plan(Date.now())
    }
  }

  const plan = (gone: number | undefined): void => {
    if (isClosed || timer || gone === undefined) return
    timer = setTimeout(sweep, Math.min(Math.max(gone - Date.now(), SWEEP_PAUSE), MAX_DELAY))
    ;(timer as { unref?(): void }).unref?.()
  }

  /** Does `work`, and waits where another process has the lock. */
  const ask = async <T>(what: string, work: (table: RunTable) => T): Promise<T> => {
    const deadline = Date.now() + PATIENCE
    for (;;) {
      if (isClosed)
        throw new SqliteTransportError('ERR_SQLITE_CLOSED', 'SQLite was not asked, because the runs are closed.')
      try {
        return work(table())
      } catch (cause) {
        if (isLocked(cause) && Date.now() < deadline) {
          await new Promise((resolve) => setTimeout(resolve, AGAIN + Math.random() * AGAIN))
          continue
        }
        const message = cause instanceof Error ? cause.message : String(cause)
        throw new SqliteTransportError('ERR_SQLITE_FAILED', `SQLite did not ${what}: ${message}`, { cause })
      }
    }
  }

  const change = async <T>(key: string, what: string, work: (table: RunTable) => T): Promise<T> => {
    const result = await ask(what, work)
    tell(key)
    plan(Date.now() + SWEEP_PAUSE)
    return result
  }

  return {
    claim: (key, claim) => change(key, 'take the run', (to) => to.claim(key, claim)),
    append: (key, token, count, records) =>
      change(key, 'take the records', (to) => to.append(key, token, count, records)),
    renew: (key, token) => ask('renew the lease', (to) => to.renew(key, token)),
    end: (key, token, state) => change(key, 'end the run', (to) => to.end(key, token, state)),
    read: (key, count) => ask('read the run', (to) => to.read(key, count)),
    forget: (key) => change(key, 'forget the run', (to) => to.forget(key)),
    watch: (key, token, what, wake) => watch.add(key, { token, what, wake }),
    close() {
      isClosed = true
      watch.stop()
      clearTimeout(timer)
    },
  }
}

/** Whether an error says that another connection has the lock: each library says so in other members, and in words. */
function isLocked(error: unknown): boolean {
  return error instanceof Error && /locked|busy/i.test(error.message)
}
