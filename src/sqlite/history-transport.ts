import { createEntry, type Entry } from '../server/channel/entry.js'
import { History } from '../server/channel/history.js'
import type {
  GapReason,
  HistoryLimits,
  Page,
  Subscriber,
  Transport,
  TransportMessage,
} from '../server/channel/transport.js'
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
  readonly #database: Database
  readonly #table: string
  #limits: HistoryLimits = USUAL
  #store: EventStore | undefined
  #history: History | undefined
  #subscriber: Subscriber | undefined
  #pages: KeptPage[] = []
  #waiting: Waiting[] = []
  #isScheduled = false
  #timer: ReturnType<typeof setInterval> | undefined
  /** Why it is over. */
  #end: SqliteTransportError | undefined
  #complaint = ''

  constructor(database: Database, table: string) {
    this.#database = database
    this.#table = table
  }

  prepare(limits: HistoryLimits): void {
    this.#limits = limits
  }

  publish(message: TransportMessage): Promise<string> {
    if (this.#end) return Promise.reject(this.#end)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ message, resolve, reject })
      if (this.#isScheduled) return
      this.#isScheduled = true
      setImmediate(() => this.#commit())
    })
  }

  subscribe(subscriber: Subscriber, limits: HistoryLimits): void {
    if (this.#end) return
    this.#subscriber = subscriber
    if (!this.#store) this.#limits = limits
    this.#timer = setInterval(() => this.#look(), LOOK)
    // A process that has nothing else to do may end.
    if (typeof this.#timer === 'object') this.#timer.unref?.()
    this.#begin()
  }

  has(id: string, topics?: ReadonlySet<string>): true | GapReason | Promise<true | GapReason> {
    const parts = ID.exec(id)
    if (!parts) return 'unknown'
    if (this.#end) return Promise.reject(this.#end)
    const store = this.#store!
    if (parts[1] !== store.epoch) return 'epoch'
    const sequence = Number(parts[2])
    // It may have been given by the process that has taken over, without this one knowing of that yet.
    if (sequence > store.last) this.#look()
    if (this.#end) return Promise.reject(this.#end)
    if (!store.isPlace(sequence)) return 'unknown'
    return store.reaches(sequence, topics) || 'expired'
  }

  range(after: string, upTo: string, topics?: ReadonlySet<string>): Page | undefined {
    const fromMemory = this.#history!.page(after, upTo)
    if (fromMemory) return fromMemory
    const store = this.#store!
    const from = sequenceOf(after)
    const to = sequenceOf(upTo)
    if (!store.reaches(from, topics)) return undefined
    const page = this.#pages.find((kept) => kept.after <= from && from < kept.position) ?? this.#read(from)
    const entries = page.entries.filter(({ id }) => sequenceOf(id) > from && sequenceOf(id) <= to)
    return { entries, position: this.#idOf(Math.min(page.position, to)) }
  }

  readonly compare = (a: string, b: string): number => {
    return this.#isPlace(a) && this.#isPlace(b) ? sequenceOf(a) - sequenceOf(b) : NaN
  }

  close(): void {
    if (this.#end) return
    this.#commit()
    this.#stop(new SqliteTransportError('ERR_SQLITE_CLOSED', 'SQLite was not asked, because the channel is closed.'))
  }

  #isPlace(id: string): boolean {
    const parts = ID.exec(id)
    const store = this.#store
    return parts !== null && store !== undefined && parts[1] === store.epoch && Number(parts[2]) <= store.last
  }

  #idOf(sequence: number): string {
    return `${this.#store!.epoch}-${sequence}`
  }

  #read(from: number): KeptPage {
    const { events, position } = this.#store!.read(from, this.#store!.last)
    const entries = events.map(({ sequence, message }) => createEntry(this.#idOf(sequence), message))
    const page = { after: from, position, entries }
    this.#pages = [page, ...this.#pages.slice(0, KEPT_PAGES - 1)]
    return page
  }

  /** @throws what the database throws. */
  #open(): EventStore {
    if (this.#store) return this.#store
    const store = (this.#store = new EventStore(this.#database, this.#table, this.#limits))
    const limits = { ...this.#limits, maxBytes: Math.min(this.#limits.maxBytes, RING_BYTES) }
    const order = (a: string, b: string): number => sequenceOf(a) - sequenceOf(b)
    this.#history = new History(limits, order, Date.now, this.#idOf(store.start))
    return store
  }

  /** Says where delivery begins, as soon as the file can be opened. */
  #begin(): void {
    try {
      const { last } = this.#open()
      this.#complaint = ''
      this.#subscriber?.onReset(this.#idOf(last))
    } catch (cause) {
      const error = failed('open the history', cause)
      // Once as long as the reason stays the same.
      if (error.message !== this.#complaint) this.#subscriber?.onError(error)
      this.#complaint = error.message
    }
  }

  #look(): void {
    if (this.#end) return
    // Readers wait until it can be opened.
    if (!this.#store) return this.#begin()
    try {
      if (!this.#store.isOwner()) this.#takenOver()
    } catch {
      // A file that is locked for now says nothing.
    }
  }

  #commit(): void {
    this.#isScheduled = false
    const batch = this.#waiting.splice(0)
    if (batch.length === 0) return
    const wasOpen = this.#store !== undefined
    try {
      const store = this.#open()
      // Readers that waited for the file, which could not be opened when they came.
      if (!wasOpen && this.#complaint) this.#begin()
      this.#append(store, batch)
    } catch (cause) {
      if (cause === TAKEN_OVER) this.#takenOver()
      const error = this.#end ?? failed('take the event', cause)
      for (const { reject } of batch) reject(error)
    }
  }

  #append(store: EventStore, batch: readonly Waiting[]): void {
    // The size of an event does not depend on which id of the same length it has.
    const sizes = batch.map(({ message }) => createEntry(this.#idOf(store.last), message).wire.byteLength)
    const { sequences, fresh } = store.append(
      batch.map(({ message }) => message),
      (index) => sizes[index]!,
    )
    for (const [index, { resolve }] of batch.entries()) resolve(this.#idOf(sequences[index]!))
    for (const index of fresh) {
      const entry = createEntry(this.#idOf(sequences[index]!), batch[index]!.message)
      this.#history!.push(entry)
      this.#subscriber?.onEntry(entry)
    }
  }

  #takenOver(): void {
    const text =
      'Another process has opened the history of this channel and publishes to it now. Close this one; its readers find the other.'
    const subscriber = this.#subscriber
    this.#stop(new SqliteTransportError('ERR_SQLITE_TAKEN_OVER', text))
    subscriber?.onEnd(this.#end)
  }

  #stop(end: SqliteTransportError): void {
    this.#end = end
    this.#subscriber = undefined
    this.#pages = []
    clearInterval(this.#timer)
    for (const { reject } of this.#waiting.splice(0)) reject(end)
  }
}

function sequenceOf(id: string): number {
  return Number(id.slice(id.indexOf('-') + 1))
}

function failed(what: string, cause: unknown): SqliteTransportError {
  const message = cause instanceof Error ? cause.message : String(cause)
  return new SqliteTransportError('ERR_SQLITE_FAILED', `SQLite did not ${what}: ${message}`, { cause })
}
