import { createEntry, type Entry, type TransportMessage } from '../server/channel/entry.js'
import { History } from '../server/channel/history.js'
import type { GapReason, HistoryLimits, Page, Subscriber, Transport } from '../server/channel/transport.js'
import type { Database } from './database.js'
import { EventStore, TAKEN_OVER } from './event-store.js'
import { SqliteTransportError } from './sqlite-error.js'

const ID = /^([a-z0-9]+)-(0|[1-9]\d{0,15})$/

/** Where nobody says what to hold. */
const USUAL: HistoryLimits = { size: 1000, maxAge: 600_000, maxBytes: 8 * 1024 * 1024 }

/** Bytes of the file that this process holds in memory, at most. */
const RING_BYTES = 8 * 1024 * 1024

/** Milliseconds between looks for another process, and between attempts to open the tables. */
const LOOK = 1000

/** Pages of the file that are kept for readers who come back together. */
const KEPT_PAGES = 8

interface Waiting {
  readonly message: TransportMessage
  resolve(id: string): void
  reject(error: unknown): void
}

interface KeptPage {
  readonly after: number
  readonly position: number
  readonly entries: readonly Entry[]
}

/** One channel in one table. What is published in a turn of the event loop is one transaction. */
export class HistoryTransport implements Transport {
  private readonly _database: Database
  private readonly _table: string
  private _limits: HistoryLimits = USUAL
  private _store: EventStore | undefined
  private _history: History | undefined
  private _subscriber: Subscriber | undefined
  private _pages: KeptPage[] = []
  private _waiting: Waiting[] = []
  private _isScheduled = false
  private _timer: ReturnType<typeof setInterval> | undefined
  /** Why it is over. */
  private _end: SqliteTransportError | undefined
  private _complaint = ''

  constructor(database: Database, table: string) {
    this._database = database
    this._table = table
  }

  prepare(limits: HistoryLimits): void {
    this._limits = limits
  }

  publish(message: TransportMessage): Promise<string> {
    if (this._end) return Promise.reject(this._end)
    return new Promise((resolve, reject) => {
      this._waiting.push({ message, resolve, reject })
      if (this._isScheduled) return
      this._isScheduled = true
      setImmediate(() => this._commit())
    })
  }

  subscribe(subscriber: Subscriber, limits: HistoryLimits): void {
    if (this._end) return
    this._subscriber = subscriber
    if (!this._store) this._limits = limits
    this._timer = setInterval(() => this._look(), LOOK)
    // A process that has nothing else to do may end.
    if (typeof this._timer === 'object') this._timer.unref?.()
    this._begin()
  }

  has(id: string, topics?: ReadonlySet<string>): true | GapReason | Promise<true | GapReason> {
    const parts = ID.exec(id)
    if (!parts) return 'unknown'
    if (this._end) return Promise.reject(this._end)
    const store = this._store!
    if (parts[1] !== store.epoch) return 'epoch'
    const sequence = Number(parts[2])
    // It may have been given by the process that has taken over, without this one knowing of that yet.
    if (sequence > store.last) this._look()
    if (this._end) return Promise.reject(this._end)
    if (!store.isPlace(sequence)) return 'unknown'
    return store.reaches(sequence, topics) || 'expired'
  }

  range(after: string, upTo: string, topics?: ReadonlySet<string>): Page | undefined {
    const fromMemory = this._history!.page(after, upTo)
    if (fromMemory) return fromMemory
    const store = this._store!
    const from = sequenceOf(after)
    const to = sequenceOf(upTo)
    if (!store.reaches(from, topics)) return undefined
    const page = this._pages.find((kept) => kept.after <= from && from < kept.position) ?? this._read(from)
    const entries = page.entries.filter(({ id }) => sequenceOf(id) > from && sequenceOf(id) <= to)
    return { entries, position: this._idOf(Math.min(page.position, to)) }
  }

  readonly compare = (a: string, b: string): number => {
    return this._isPlace(a) && this._isPlace(b) ? sequenceOf(a) - sequenceOf(b) : NaN
  }

  close(): void {
    if (this._end) return
    this._commit()
    this._stop(new SqliteTransportError('ERR_SQLITE_CLOSED', 'SQLite was not asked, because the channel is closed.'))
  }

  private _isPlace(id: string): boolean {
    const parts = ID.exec(id)
    const store = this._store
    return parts !== null && store !== undefined && parts[1] === store.epoch && Number(parts[2]) <= store.last
  }

  private _idOf(sequence: number): string {
    return `${this._store!.epoch}-${sequence}`
  }

  private _read(from: number): KeptPage {
    const { events, position } = this._store!.read(from, this._store!.last)
    const entries = events.map(({ sequence, message }) => createEntry(this._idOf(sequence), message))
    const page = { after: from, position, entries }
    this._pages = [page, ...this._pages.slice(0, KEPT_PAGES - 1)]
    return page
  }

  /** @throws what the database throws. */
  private _open(): EventStore {
    if (this._store) return this._store
    const store = (this._store = new EventStore(this._database, this._table, this._limits))
    const limits = { ...this._limits, maxBytes: Math.min(this._limits.maxBytes, RING_BYTES) }
    const order = (a: string, b: string): number => sequenceOf(a) - sequenceOf(b)
    this._history = new History(limits, { compare: order, now: Date.now, start: this._idOf(store.start) })
    return store
  }

  /** Says where delivery begins, as soon as the file can be opened. */
  private _begin(): void {
    try {
      const { last } = this._open()
      this._complaint = ''
      this._subscriber?.onReset(this._idOf(last))
    } catch (cause) {
      const error = failed('open the history', cause)
      // Once as long as the reason stays the same.
      if (error.message !== this._complaint) this._subscriber?.onError(error)
      this._complaint = error.message
    }
  }

  private _look(): void {
    if (this._end) return
    // Readers wait until it can be opened.
    if (!this._store) return this._begin()
    try {
      if (!this._store.isOwner()) this._takenOver()
    } catch {
      // A file that is locked for now says nothing.
    }
  }

  private _commit(): void {
    this._isScheduled = false
    const batch = this._waiting.splice(0)
    if (batch.length === 0) return
    const wasOpen = this._store !== undefined
    try {
      const store = this._open()
      // Readers that waited for the file, which could not be opened when they came.
      if (!wasOpen && this._complaint) this._begin()
      this._append(store, batch)
    } catch (cause) {
      if (cause === TAKEN_OVER) this._takenOver()
      const error = this._end ?? failed('take the event', cause)
      for (const { reject } of batch) reject(error)
    }
  }

  private _append(store: EventStore, batch: readonly Waiting[]): void {
    // The size of an event does not depend on which id of the same length it has.
    const sizes = batch.map(({ message }) => createEntry(this._idOf(store.last), message).wire.byteLength)
    const { sequences, fresh } = store.append(
      batch.map(({ message }) => message),
      (index) => sizes[index]!,
    )
    for (const [index, { resolve }] of batch.entries()) resolve(this._idOf(sequences[index]!))
    for (const index of fresh) {
      const entry = createEntry(this._idOf(sequences[index]!), batch[index]!.message)
      this._history!.push(entry)
      this._subscriber?.onEntry(entry)
    }
  }

  private _takenOver(): void {
    const text =
      'Another process has opened the history of this channel and publishes to it now. Close this one; its readers find the other.'
    const subscriber = this._subscriber
    this._stop(new SqliteTransportError('ERR_SQLITE_TAKEN_OVER', text))
    subscriber?.onEnd(this._end)
  }

  private _stop(end: SqliteTransportError): void {
    this._end = end
    this._subscriber = undefined
    this._pages = []
    clearInterval(this._timer)
    for (const { reject } of this._waiting.splice(0)) reject(end)
  }
}

function sequenceOf(id: string): number {
  return Number(id.slice(id.indexOf('-') + 1))
}

function failed(what: string, cause: unknown): SqliteTransportError {
  const message = cause instanceof Error ? cause.message : String(cause)
  return new SqliteTransportError('ERR_SQLITE_FAILED', `SQLite did not ${what}: ${message}`, { cause })
}
