import { OptionError } from '../errors/option-error.js'
import { checkOptions, type Rule } from '../options/check-options.js'
import { anything, isName } from '../options/rules.js'
import type { Transport } from '../server/channel/transport.js'
import { Database, type SqliteDatabase } from './database.js'
import { HistoryTransport } from './history-transport.js'

/** Options of `sqliteHistory`. */
export interface SqliteHistoryOptions {
  /**
   * An open database: a `DatabaseSync` of `node:sqlite`, or a database of `better-sqlite3` or `bun:sqlite`. It is used,
   * and stays the caller's to close, after the channel. Put it into WAL mode (`PRAGMA journal_mode = WAL`).
   */
  readonly database: SqliteDatabase
  /** The name of the channel's table, and the beginning of the names of those beside it. Default `eventwire_events`. */
  readonly table?: string | undefined
}

const rules = { database: anything, table: isName } as const satisfies Record<keyof SqliteHistoryOptions, Rule>

/**
 * Keeps the events of a channel in a SQLite file, so that readers resume exactly over a restart, and over a process
 * that was killed. Give the result to `createChannel` as `transport`; the channel closes it.
 *
 * An event reaches readers after its COMMIT, and `publish` resolves then. What is published in one turn of the event
 * loop is one transaction. `history` of the channel says how much the table keeps.
 *
 * One process writes. The newest to open the table takes over: `publish` of the older one rejects with the code
 * `ERR_SQLITE_TAKEN_OVER`, and its readers are let go, to come back to the new one.
 *
 * @throws {OptionError} for options that do not exist or make no sense.
 *
 * @example
 * ```ts no-run
 * import { DatabaseSync } from 'node:sqlite'
 * import { createChannel } from 'eventwire/server'
 * import { sqliteHistory } from 'eventwire/sqlite'
 *
 * const database = new DatabaseSync('events.db')
 * database.exec('PRAGMA journal_mode = WAL')
 * const channel = createChannel({ transport: sqliteHistory({ database }) })
 *
 * await channel.close()
 * database.close()
 * ```
 */
export function sqliteHistory(options: SqliteHistoryOptions): Transport {
  checkOptions(options, rules)
  const { database, table = 'eventwire_events' } = options ?? {}
  if (database === undefined) throw new OptionError('database', 'is missing. Give an open database')
  return new HistoryTransport(new Database(database), table)
}
