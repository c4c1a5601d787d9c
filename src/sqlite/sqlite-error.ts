import { BRAND } from '../errors.js'

/** `docs/errors.md` has a heading for each. */
export type SqliteErrorCode = 'ERR_SQLITE_CLOSED' | 'ERR_SQLITE_TAKEN_OVER' | 'ERR_SQLITE_FAILED'

/**
 * Says what went wrong between a channel and its SQLite file. `publish` rejects with it, and nothing was kept then:
 * it is safe to publish again. `cause` is the error of the SQLite library.
 */
export class SqliteTransportError extends Error {
  declare readonly code: SqliteErrorCode
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
