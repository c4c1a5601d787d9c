import type { TransportMessage } from '../server/channel/entry.js'
import { Losses } from '../server/channel/losses.js'
import type { HistoryLimits } from '../server/channel/transport.js'
import type { Database, Statement } from './database.js'
import { forgetHoles } from './holes.js'
import { FLOOR, schemaOf } from './schema.js'

/**
 * Sequences that are reserved on disk at a time: those of one millisecond, so that a start goes beyond them by the clock
 * alone, and two starts from the same copy of a file differ.
 */
const BLOCK = 1000

/** Rows looked at in one step of a trim or a replay. */
const STEP = 256

/** Bytes of one page of a replay, about: more than of one from memory, because a query has a price of its own. */
const PAGE_BYTES = 64 * 1024

export interface StoredEvent {
  readonly sequence: number
  readonly message: TransportMessage
}

interface Row {
  seq: number
  event: string
  data: string
  json: number
  topic: string | null
  conflate: string | null
}

interface Light {
  seq: number
  time: number
  bytes: number
  topic: string | null
}

/** What is counted of the file, so that no publish has to scan it. */
interface Counts {
  rows: number
  bytes: number
  /** When the oldest was published. */
  oldest: number
  readonly topics: Map<string, number>
  readonly losses: StoredLosses
}

class StoredLosses extends Losses<number> {
  /** What is not on disk yet: the last place of a name, or that it is forgotten. */
  readonly changed = new Map<string, number | undefined>()

  protected override _changed(topic: string | undefined, sequence: number | undefined): void {
    this.changed.set(nameOf(topic), sequence)
  }
}

export interface Appended {
  /** Of each message: its sequence, or that of the event kept earlier under the same key. */
  readonly sequences: readonly number[]
  /** Indexes of the messages that are new. */
  readonly fresh: readonly number[]
}

/** Another process writes to the file now. */
export const TAKEN_OVER: unique symbol = Symbol('taken over')

/**
 * The tables of one channel. Opening them makes this the process that writes.
 *
 * A start leaves a hole in the sequences: from the last that is on disk to one beyond all that can have been given,
 * by the reservation and by the clock. So a file that lost its end, or an older copy of it, never gives an id twice.
 */
export class EventStore {
  readonly epoch: string
  /** The place that this process began at. */
  readonly start: number
  /** The newest sequence on disk. */
  last: number
  private readonly _database: Database
  private readonly _limits: HistoryLimits
  private readonly _owner = crypto.randomUUID()
  private readonly _statements: Record<keyof ReturnType<typeof schemaOf>['statements'], Statement>
  private readonly _holes: { seq: number; next: number }[]
  private _reserved: number
  /** `undefined` where a transaction was undone, until they are counted again. */
  private _counts: Counts | undefined

  /** @throws what the database throws, with nothing changed. */
  constructor(database: Database, table: string, limits: HistoryLimits) {
    this._database = database
    const { tables, statements } = schemaOf(table)
    this._limits = limits
    const opened = database.transaction(() => {
      database.exec(tables)
      const all = {} as Record<keyof typeof statements, Statement>
      for (const [name, sql] of Object.entries(statements)) all[name as keyof typeof statements] = database.prepare(sql)
      const state = all.readState.get<{ epoch: string; last: number; reserved: number }>()
      const epoch = state?.epoch ?? Date.now().toString(36) + Math.floor(Math.random() * 36 ** 4).toString(36)
      // No place is before the first start.
      const before = state?.last ?? -1
      const start = state ? Math.max(before, state.reserved, Date.now() * 1000) : Date.now() * 1000
      all.writeState.run(epoch, start, start + BLOCK, this._owner)
      all.addHole.run(before, start)
      forgetHoles(all)
      return { all, epoch, start }
    }, true)
    this._statements = opened.all
    this.epoch = opened.epoch
    this.start = this.last = opened.start
    this._reserved = opened.start + BLOCK
    this._holes = opened.all.readHoles.all()
    this._counts = this._count()
  }

  /** Whether this is still the process that writes. */
  isOwner(): boolean {
    return this._statements.readState.get<{ owner: string }>()?.owner === this._owner
  }

  /** Whether a reader may stand at the place: it is on disk, or right before what is. */
  isPlace(sequence: number): boolean {
    if (sequence > this.last) return false
    return !this._holes.some(({ seq, next }) => sequence > seq && sequence < next)
  }

  /** Whether all that follows, for a reader of these topics, is there. */
  reaches(sequence: number, topics: ReadonlySet<string> | undefined): boolean {
    return sequence >= this._counted().losses.last(topics)
  }

  /**
   * Keeps messages in one transaction, and trims. On disk when it returns, as `synchronous` says.
   *
   * @throws TAKEN_OVER, or what the database throws, with nothing kept.
   */
  append(messages: readonly TransportMessage[], sizeOf: (index: number) => number): Appended {
    const end = this.last + messages.length
    const isBeyond = end > this._reserved
    const reserved = isBeyond ? end + BLOCK : this._reserved
    const counts = this._counted()
    // Counted again where this throws.
    this._counts = undefined
    const time = Date.now()
    const statements = this._statements
    const kept = this._database.transaction(() => {
      const sequences: number[] = []
      const fresh: number[] = []
      let last = this.last
      for (const [index, message] of messages.entries()) {
        const { key = null } = message
        const first = key === null ? undefined : statements.findKey.get<{ seq: number }>(key)
        if (first) {
          sequences.push(Number(first.seq))
          continue
        }
        sequences.push(++last)
        fresh.push(index)
        if (message.ephemeral) continue
        const { event, data, json, topic = null, conflateKey = null } = message
        const bytes = sizeOf(index)
        statements.insert.run(last, time, bytes, event, data, json ? 1 : 0, topic, conflateKey, key)
        if (counts.rows++ === 0) counts.oldest = time
        counts.bytes += bytes
        if (topic !== null) counts.topics.set(topic, (counts.topics.get(topic) ?? 0) + 1)
      }
      if (statements.moveState.run(last, reserved, this._owner) !== 1) throw TAKEN_OVER
      this._trim(counts, time)
      return { sequences, fresh, last }
    }, isBeyond)
    this.last = kept.last
    this._reserved = reserved
    this._counts = counts
    return kept
  }

  /** A page of what follows a place, and how far it reaches. */
  read(after: number, upTo: number): { events: StoredEvent[]; position: number } {
    const { lookAfter, readBetween } = this._statements
    const light = lookAfter.all<Light>(after, upTo, STEP)
    let position = light.length < STEP ? upTo : Number(light.at(-1)!.seq)
    let bytes = 0
    for (const each of light) {
      bytes += Number(each.bytes)
      if (bytes < PAGE_BYTES) continue
      position = Number(each.seq)
      break
    }
    const rows = readBetween.all<Row>(after, position)
    return { events: rows.map(eventOf), position }
  }

  private _counted(): Counts {
    return (this._counts ??= this._count())
  }

  private _count(): Counts {
    const { countAll, countTopics, readLosses } = this._statements
    const all = countAll.get<{ rows: number; bytes: number | null; oldest: number | null }>()!
    const topics = countTopics.all<{ topic: string; rows: number }>()
    const losses = new StoredLosses(this._limits.size, 0, (a, b) => a - b)
    for (const { name, seq } of readLosses.all<{ name: string; seq: number }>()) losses.add(topicOf(name), Number(seq))
    losses.changed.clear()
    return {
      rows: Number(all.rows),
      bytes: Number(all.bytes ?? 0),
      oldest: Number(all.oldest ?? 0),
      topics: new Map(topics.map(({ topic, rows }) => [topic, Number(rows)])),
      losses,
    }
  }

  private _trim(counts: Counts, now: number): void {
    const { size, maxAge, maxBytes, perTopic = size } = this._limits
    const { lookOldest, lookTopic, remove } = this._statements
    const drop = ({ seq, bytes, topic }: Light): void => {
      remove.run(Number(seq))
      counts.rows--
      counts.bytes -= Number(bytes)
      counts.losses.add(topic ?? undefined, Number(seq))
      if (topic === null) return
      const left = counts.topics.get(topic)! - 1
      if (left > 0) counts.topics.set(topic, left)
      else counts.topics.delete(topic)
    }
    if (perTopic < size) {
      for (const [topic, rows] of counts.topics) {
        if (rows > perTopic) for (const light of lookTopic.all<Light>(topic, rows - perTopic)) drop(light)
      }
    }
    const isTooMuch = (): boolean =>
      counts.rows > 0 && (counts.rows > size || counts.bytes > maxBytes || counts.oldest < now - maxAge)
    while (isTooMuch()) {
      for (const light of lookOldest.all<Light>(STEP)) {
        counts.oldest = Number(light.time)
        if (!isTooMuch()) break
        drop(light)
      }
    }
    this._writeLosses(counts.losses)
  }

  private _writeLosses({ changed }: StoredLosses): void {
    const { writeLoss, removeLoss } = this._statements
    for (const [name, sequence] of changed) {
      if (sequence === undefined) removeLoss.run(name)
      else writeLoss.run(name, sequence)
    }
    changed.clear()
  }
}

/** What a loss is called in the file. */
function nameOf(topic: string | undefined): string {
  return topic === undefined ? FLOOR : `/${topic}`
}

function topicOf(name: string): string | undefined {
  return name === FLOOR ? undefined : name.slice(1)
}

function eventOf({ seq, event, data, json, topic, conflate }: Row): StoredEvent {
  const message = { event, data, json: Boolean(json), topic: topic ?? undefined, conflateKey: conflate ?? undefined }
  return { sequence: Number(seq), message }
}
