import { BRAND } from '../errors.js'

/** `docs/errors.md` has a heading for each. */
export type SqliteErrorCode = 'ERR_SQLITE_CLOSED' | 'ERR_SQLITE_TAKEN_OVER' | 'ERR_SQLITE_FAILED'

/**
 * Says what went wrong between a channel and its SQLite file. `publish` rejects with it, and nothing was kept then:
 * it is safe to publish again. `cause` is the error of the SQLite library.
 *
 * @example
 * ```ts no-run
 * import { DatabaseSync } from 'node:sqlite'
 * import { createChannel } from 'eventwire/server'
 * import { sqliteHistory, SqliteTransportError } from 'eventwire/sqlite'
 *
 * const channel = createChannel({ transport: sqliteHistory({ database: new DatabaseSync('events.db') }) })
 * try {
 *   await channel.publish('price', '1')
 * } catch (error) {
 *   // The next process has taken over: this one has to end.
 *   if (error instanceof SqliteTransportError && error.code === 'ERR_SQLITE_TAKEN_OVER') await channel.close()
 * }
 * ```
 */
export class SqliteTransportError extends Error {
  /** Does not change between minor versions; `docs/errors.md` has a heading for each. */
  declare readonly code: SqliteErrorCode
  /** `'no'`: nothing was kept, so it is safe to publish again. */
  declare readonly published: 'no'

  override get name(): 'SqliteTransportError' {
    return 'SqliteTransportError'
  }

  get [BRAND](): true {
    return true
  }

  constructor(code: SqliteErrorCode, message: string, details: { cause?: unknown } = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    this.published = 'no'
  }
}
