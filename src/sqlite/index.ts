/**
 * Channels and runs that outlive a restart, on one machine, in a SQLite file.
 *
 * @module
 */
export { sqliteHistory, type SqliteHistoryOptions } from './sqlite-history.js'
export { sqliteRuns, type SqliteRunsOptions } from './sqlite-runs.js'
export { SqliteTransportError, type SqliteErrorCode } from './sqlite-error.js'
export type { SqliteDatabase } from './database.js'
export type { RunClaim, RunEnd, RunState, RunStore, RunView } from '../runs/run-store.js'
export { OptionError } from '../errors/option-error.js'
export { isEventWireError } from '../errors.js'
export type { EventWireError } from '../errors.js'
