import type { Entry } from './entry.js'
import { Losses } from './losses.js'
import type { HistoryLimits, Page } from './transport.js'

/** Bytes of one page, about. */
const PAGE_BYTES = 32 * 1024

/** The list is copied once this many of its entries, and half of them, have been let go. */
const COMPACT_AT = 256

interface Place {
  readonly id: string
  /** Its number since the beginning: cheaper to compare than ids. */
  readonly serial: number
}

const bySerial = (a: Place, b: Place): number => a.serial - b.serial

interface Item extends Place {
  /** `undefined`: let go before its turn, because its topic took more than its share. */
  entry: Entry | undefined
  readonly time: number
  /** Bytes of all entries before this one, since the beginning. Gives the pages fixed places. */
  readonly offset: number
}

/** What an order of entries is told by. */
export interface HistoryOrder {
  compare(a: string, b: string): number
  now(): number
  /** The place that the first entry follows. */
  readonly start: string
}

/**
 * The last entries of a channel in the memory of this process, bounded by count, age and bytes, and by the number of
 * each topic. Ephemeral ones are not held; they only move the end.
 */
export class History {
  private readonly _limits: HistoryLimits
  private readonly _compare: (a: string, b: string) => number
  private readonly _now: () => number
  private readonly _losses: Losses<Place>
  /** The items of each topic that are held, where topics have a share of their own. */
  private readonly _topics: Map<string, Item[]> | undefined
  /** The ids of those that were published with a key. */
  private readonly _keys = new Map<string, string>()
  private _items: Item[] = []
  /** Where the items begin; those before were let go. */
  private _head = 0
  /** Items after the head that were let go. */
  private _holes = 0
  private _bytes = 0
  private _end = 0
  private _serial = 0

  constructor(limits: HistoryLimits, { compare, now, start }: HistoryOrder) {
    this._limits = limits
    this._compare = compare
    this._now = now
    this._losses = new Losses<Place>(limits.size, { id: start, serial: -1 }, bySerial)
    if ((limits.perTopic ?? limits.size) < limits.size) this._topics = new Map()
  }

  /** Every entry after this place is held, whatever its topic. */
  get start(): string {
    this._trim()
    return this._losses.last().id
  }

  /** Whether every entry after `id` that is for a reader of these topics (`undefined`: of all) is held. */
  covers(id: string, topics: ReadonlySet<string> | undefined): boolean {
    this._trim()
    return this._compare(id, this._losses.last(topics).id) >= 0
  }

  /** The id of the entry that was published with this key and is held. */
  idOf(key: string): string | undefined {
    this._trim()
    return this._keys.get(key)
  }

  /** @param time When it was published. */
  push(entry: Entry, time: number = this._now()): void {
    if (entry.ephemeral) return
    const item: Item = { id: entry.id, entry, time, offset: this._end, serial: this._serial++ }
    this._items.push(item)
    this._end += entry.wire.byteLength
    this._bytes += entry.wire.byteLength
    if (entry.key !== undefined) this._keys.set(entry.key, entry.id)
    if (this._topics && entry.topic !== undefined) this._share(this._topics, entry.topic, item)
    this._trim()
  }

  /** Whether the entry itself is held. */
  holds(id: string): boolean {
    const item = this._items[this._firstAfter(id) - 1]
    return item?.id === id && item.entry !== undefined
  }

  /** As `range` of a transport; `undefined` where an entry after `after` for a reader of these topics was let go. */
  page(after: string, upTo: string, topics?: ReadonlySet<string>): Page | undefined {
    if (!this.covers(after, topics)) return undefined
    const from = this._firstAfter(after)
    const end = this._firstAfter(upTo)
    // Pages end at fixed places, wherever they begin, so that readers after the same events share them.
    let to = from
    while (to < end && this._pageOf(to) === this._pageOf(from)) to++
    const entries: Entry[] = []
    for (let at = from; at < to; at++) {
      const { entry } = this._items[at]!
      if (entry) entries.push(entry)
    }
    return { entries, position: to < end ? this._items[to - 1]!.id : upTo }
  }

  private _pageOf(index: number): number {
    return Math.floor(this._items[index]!.offset / PAGE_BYTES)
  }

  private _firstAfter(id: string): number {
    let low = this._head
    let high = this._items.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this._compare(this._items[middle]!.id, id) > 0) high = middle
      else low = middle + 1
    }
    return low
  }

  /** Lets the oldest of a topic go where that has more than its share. */
  private _share(topics: Map<string, Item[]>, topic: string, item: Item): void {
    const own = topics.get(topic)
    if (!own) return void topics.set(topic, [item])
    own.push(item)
    if (own.length <= this._limits.perTopic!) return
    // Shares are small, or hardly ever passed.
    this._letGo(own.shift()!)
    this._holes++
  }

  private _letGo(item: Item): void {
    const entry = item.entry!
    item.entry = undefined
    this._bytes -= entry.wire.byteLength
    this._losses.add(entry.topic, item)
    if (entry.key !== undefined && this._keys.get(entry.key) === entry.id) this._keys.delete(entry.key)
  }

  private _trim(): void {
    const { size, maxAge, maxBytes } = this._limits
    const oldest = this._now() - maxAge
    for (; this._head < this._items.length; this._head++) {
      const item = this._items[this._head]!
      const { entry, time } = item
      if (!entry) {
        this._holes--
        continue
      }
      const count = this._items.length - this._head - this._holes
      if (count <= size && this._bytes <= maxBytes && time >= oldest) break
      this._letGo(item)
      this._forgetShare(entry.topic)
    }
    if (this._head + this._holes > COMPACT_AT && (this._head + this._holes) * 2 > this._items.length) this._compact()
  }

  /** The oldest of all is the oldest of its topic. */
  private _forgetShare(topic: string | undefined): void {
    const own = topic === undefined ? undefined : this._topics?.get(topic)
    own?.shift()
    if (own?.length === 0) this._topics!.delete(topic!)
  }

  private _compact(): void {
    this._items = this._items.slice(this._head).filter(({ entry }) => entry)
    this._head = this._holes = 0
  }
}
