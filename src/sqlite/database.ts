import { OptionError } from '../errors/option-error.js'

/**
 * What is needed of an open database: a `DatabaseSync` of `node:sqlite`, a database of `better-sqlite3`, or one of
 * `bun:sqlite`. The code that opened it closes it, after what uses it was closed.
 */
export interface SqliteDatabase {
  /** Runs statements that give nothing back. */
  exec(sql: string): unknown
  /** Compiles one statement. */
  prepare(sql: string): object
}

export type SqliteValue = string | number | null

interface RawStatement {
  run(...values: SqliteValue[]): { readonly changes: number | bigint }
  get(...values: SqliteValue[]): unknown
  all(...values: SqliteValue[]): unknown
}

/** A prepared statement. What it reads and changes is the database's. */
export interface Statement {
  /** Gives the number of rows that changed. */
  run(...values: SqliteValue[]): number
  get<Row>(...values: SqliteValue[]): Row | undefined
  all<Row>(...values: SqliteValue[]): Row[]
}

/** The three libraries behind one face. Calls are synchronous, as theirs are. */
export class Database {
  private readonly _database: SqliteDatabase

  /** @throws {OptionError} for what is no open database of a known kind. */
  constructor(database: SqliteDatabase) {
    if (typeof database?.exec !== 'function' || typeof database.prepare !== 'function') {
      throw new OptionError(
        'database',
        'must be an open database: new DatabaseSync(path) of node:sqlite, new Database(path) of better-sqlite3 or of bun:sqlite',
      )
    }
    this._database = database
  }

  exec(sql: string): void {
    this._database.exec(sql)
  }

  prepare(sql: string): Statement {
    const raw = this._database.prepare(sql) as RawStatement
    return {
      run: (...values) => Number(raw.run(...values).changes),
      get: <Row>(...values: SqliteValue[]) => (raw.get(...values) ?? undefined) as Row | undefined,
      all: <Row>(...values: SqliteValue[]) => raw.all(...values) as Row[],
    }
  }

  /**
   * Runs `work` in one transaction that takes the write lock at its start. What it throws undoes all of it.
   *
   * @param isDurable On disk when this returns, also where the handle has `synchronous` at NORMAL.
   */
  transaction<T>(work: () => T, isDurable = false): T {
    const restore = isDurable ? this._syncFully() : undefined
    try {
      this.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        this.exec('COMMIT')
        return result
      } catch (error) {
        try {
          this.exec('ROLLBACK')
        } catch {
          // A full disk has undone it already.
        }
        throw error
      }
    } finally {
      restore?.()
    }
  }

  /** `synchronous` cannot be changed inside a transaction. */
  private _syncFully(): (() => void) | undefined {
    const row = this.prepare('PRAGMA synchronous').get<{ synchronous: number | bigint }>()
    const level = Number(row?.synchronous ?? 2)
    if (level >= 2) return undefined
    this.exec('PRAGMA synchronous = FULL')
    return () => this.exec(`PRAGMA synchronous = ${level}`)
  }
}
