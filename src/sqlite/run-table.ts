import { PAGE_BYTES, type RunClaim, type RunEnd, type RunState, type RunView } from '../runs/run-store.js'
import type { Database, Statement } from './database.js'
import { runsSchemaOf } from './runs-schema.js'

/** Records fetched in one query of a page. */
const STEP = 64

/** Runs dropped in one transaction. */
const SWEEP = 64

/** A run as its row has it: times are those of the clock of this machine, which its processes share. */
export interface RunRow {
  readonly run: number
  readonly token: string
  readonly state: RunState
  readonly count: number
  readonly lease: number
  readonly keep: number
  /** When the lease runs out. */
  readonly until: number
  /** When it is dropped. */
  readonly gone: number
}

/**
 * The rules of a run store on the tables. What writes is one transaction; what the database throws leaves nothing changed.
 * A run whose lease has run out need not be written to be `lost`: its row says when it was.
 */
export class RunTable {
  private readonly _database: Database
  private readonly _statements: Record<keyof ReturnType<typeof runsSchemaOf>['statements'], Statement>

  /** Makes the tables where there are none. */
  constructor(database: Database, table: string) {
    this._database = database
    const { tables, statements } = runsSchemaOf(table)
    this._statements = database.transaction(() => {
      database.exec(tables)
      const prepared = Object.entries(statements).map(([name, sql]) => [name, database.prepare(sql)])
      return Object.fromEntries(prepared) as Record<keyof typeof statements, Statement>
    })
  }

  claim(key: string, { token, lease, keep }: RunClaim): boolean {
    return this._database.transaction(() => {
      const before = this.find(key)
      if (before && before.state !== 'lost') return false
      this._drop(key)
      const until = Date.now() + lease
      this._statements.add.run(JSON.stringify(key), token, lease, keep, until, until + keep)
      return true
    })
  }

  append(key: string, token: string, count: number, records: readonly string[]): RunState {
    return this._database.transaction(() => {
      const row = this.find(key)
      if (row?.token !== token) return 'lost'
      if (row.state !== 'running') return row.state
      if (row.count !== count) return 'lost'
      let n = count
      for (const record of records) this._statements.addRecord.run(row.run, ++n, JSON.stringify(record))
      this._renew(row, n)
      return 'running'
    })
  }

  renew(key: string, token: string): RunState {
    return this._database.transaction(() => {
      const row = this.find(key)
      if (row?.token !== token) return 'lost'
      if (row.state === 'running') this._renew(row, row.count)
      return row.state
    })
  }

  end(key: string, token: string | undefined, state: RunEnd): RunState | undefined {
    return this._database.transaction(() => {
      const row = this.find(key)
      if (!row || (token !== undefined && row.token !== token)) return undefined
      if (row.state === 'running') this._statements.end.run(state, Date.now() + row.keep, row.run)
      return row.state
    })
  }

  read(key: string, count: number): RunView | undefined {
    // Without a transaction, which would make readers of all processes wait for each other: a run only grows, and one
    // that is dropped in between gives less.
    const row = this.find(key)
    if (!row) return undefined
    const { token, state, until } = row
    const lease = state === 'running' ? Math.max(0, until - Date.now()) : 0
    return { token, state, count: row.count, lease, records: count < row.count ? this._page(row, count) : [] }
  }

  forget(key: string): void {
    this._database.transaction(() => this._drop(key))
  }

  /** The run that has the key now. */
  find(key: string): RunRow | undefined {
    const row = this._statements.find.get<RunRow>(JSON.stringify(key))
    const now = Date.now()
    if (!row || row.gone <= now) return undefined
    return row.state === 'running' && row.until <= now ? { ...row, state: 'lost' } : row
  }

  /** Drops runs whose time is over. Gives when the next one goes, in the time of `Date.now()`. */
  sweep(): number | undefined {
    return this._database.transaction(() => {
      const { nextGone, remove, removeRecords } = this._statements
      const now = Date.now()
      for (const { run, gone } of nextGone.all<Pick<RunRow, 'run' | 'gone'>>(SWEEP)) {
        if (gone > now) break
        removeRecords.run(run)
        remove.run(run)
      }
      return nextGone.get<Pick<RunRow, 'gone'>>(1)?.gone
    })
  }

  /** Changes with whatever is written to the file: by others (the first number), and by this handle (the second). */
  version(): string {
    const { others } = this._database
      .prepare('SELECT data_version AS others FROM pragma_data_version')
      .get<{ others: number }>()!
    const { own } = this._database.prepare('SELECT total_changes() AS own').get<{ own: number }>()!
    return `${others} ${own}`
  }

  private _renew(row: RunRow, count: number): void {
    const until = Date.now() + row.lease
    this._statements.grow.run(count, until, until + row.keep, row.run)
  }

  private _drop(key: string): void {
    const row = this._statements.find.get<RunRow>(JSON.stringify(key))
    if (!row) return
    this._statements.removeRecords.run(row.run)
    this._statements.remove.run(row.run)
  }

  private _page(row: RunRow, count: number): string[] {
    const records: string[] = []
    let length = 0
    let after = count
    while (after < row.count) {
      const rows = this._statements.readRecords.all<{ n: number; record: string }>(
        row.run,
        after,
        Math.min(STEP, row.count - after),
      )
      for (const { n, record } of rows) {
        records.push(JSON.parse(record) as string)
        length += record.length
        after = n
        if (length >= PAGE_BYTES) return records
      }
      if (rows.length === 0) break
    }
    return records
  }
}
