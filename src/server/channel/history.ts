import type { Entry } from './entry.js'
import { Losses } from './losses.js'
import type { HistoryLimits, Page } from './transport.js'

/** Bytes of one page, about. */
const PAGE_BYTES = 32 * 1024

/** The list is cut anew when so many of it, and half of it, have been let go. */
const COMPACT_AT = 256

interface Item {
  readonly id: string
  /** `undefined`: let go before its turn, because its topic took more than its share. */
  entry: Entry | undefined
  readonly time: number
  /** Bytes of all entries before this one, since the beginning. Gives the pages fixed places. */
  readonly offset: number
  /** Its number since the beginning. */
  readonly serial: number
}

/**
 * The last entries of a channel in the memory of this process, bounded by count, age and bytes, and by the number of
 * each topic. Ephemeral ones are not held; they only move the end.
 */
export class History {
  readonly #limits: HistoryLimits
  readonly #compare: (a: string, b: string) => number
  readonly #now: () => number
  readonly #losses: Losses
  /** The items of each topic that are held, where topics have a share of their own. */
  readonly #topics: Map<string, Item[]> | undefined
  /** The ids of those that were published with a key. */
  readonly #keys = new Map<string, string>()
  #items: Item[] = []
  /** Where the items begin; those before were let go. */
  #head = 0
  /** Items after the head that were let go. */
  #holes = 0
  #bytes = 0
  #end = 0
  #serial = 0

  /** @param start The place that the first entry follows. */
  constructor(limits: HistoryLimits, compare: (a: string, b: string) => number, now: () => number, start: string) {
    this.#limits = limits
    this.#compare = compare
    this.#now = now
    this.#losses = new Losses(limits.size, start)
    if ((limits.perTopic ?? limits.size) < limits.size) this.#topics = new Map()
  }

  /** Every entry after this place is held, whatever its topic. */
  get start(): string {
    this.#trim()
    return this.#losses.last()
  }

  /** Whether every entry after `id` that is for a reader of these topics (`undefined`: of all) is held. */
  covers(id: string, topics: ReadonlySet<string> | undefined): boolean {
    this.#trim()
    return this.#compare(id, this.#losses.last(topics)) >= 0
  }

  /** The id of the entry that was published with this key and is held. */
  idOf(key: string): string | undefined {
    this.#trim()
    return this.#keys.get(key)
  }

  /** @param time When it was published. */
  push(entry: Entry, time: number = this.#now()): void {
    if (entry.ephemeral) return
    const item: Item = { id: entry.id, entry, time, offset: this.#end, serial: this.#serial++ }
    this.#items.push(item)
    this.#end += entry.wire.byteLength
    this.#bytes += entry.wire.byteLength
    if (entry.key !== undefined) this.#keys.set(entry.key, entry.id)
    if (this.#topics && entry.topic !== undefined) this.#share(this.#topics, entry.topic, item)
    this.#trim()
  }

  /** Whether the entry itself is held. */
  holds(id: string): boolean {
    const item = this.#items[this.#firstAfter(id) - 1]
    return item?.id === id && item.entry !== undefined
  }

  /** As `range` of a transport; `undefined` where an entry after `after` for a reader of these topics was let go. */
  page(after: string, upTo: string, topics?: ReadonlySet<string>): Page | undefined {
    if (!this.covers(after, topics)) return undefined
    const from = this.#firstAfter(after)
    const end = this.#firstAfter(upTo)
    // Pages end at fixed places, wherever they begin, so that readers after the same events share them.
    let to = from
    while (to < end && this.#pageOf(to) === this.#pageOf(from)) to++
    const entries: Entry[] = []
    for (let at = from; at < to; at++) {
      const { entry } = this.#items[at]!
      if (entry) entries.push(entry)
    }
    return { entries, position: to < end ? this.#items[to - 1]!.id : upTo }
  }

  #pageOf(index: number): number {
    return Math.floor(this.#items[index]!.offset / PAGE_BYTES)
  }

  #firstAfter(id: string): number {
    let low = this.#head
    let high = this.#items.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#compare(this.#items[middle]!.id, id) > 0) high = middle
      else low = middle + 1
    }
    return low
  }

  /** Lets the oldest of a topic go where that has more than its share. */
  #share(topics: Map<string, Item[]>, topic: string, item: Item): void {
    const own = topics.get(topic)
    if (!own) return void topics.set(topic, [item])
    own.push(item)
    if (own.length <= this.#limits.perTopic!) return
    // Shares are small, or hardly ever passed.
    this.#letGo(own.shift()!)
    this.#holes++
  }

  #letGo(item: Item): void {
    const entry = item.entry!
    item.entry = undefined
    this.#bytes -= entry.wire.byteLength
    this.#losses.add(entry.topic, item.id, item.serial)
    if (entry.key !== undefined && this.#keys.get(entry.key) === entry.id) this.#keys.delete(entry.key)
  }

  #trim(): void {
    const { size, maxAge, maxBytes } = this.#limits
    const oldest = this.#now() - maxAge
    for (; this.#head < this.#items.length; this.#head++) {
      const item = this.#items[this.#head]!
      const { entry, time } = item
      if (!entry) {
        this.#holes--
        continue
      }
      const count = this.#items.length - this.#head - this.#holes
      if (count <= size && this.#bytes <= maxBytes && time >= oldest) break
      this.#letGo(item)
      this.#forgetShare(entry.topic)
    }
    if (this.#head + this.#holes > COMPACT_AT && (this.#head + this.#holes) * 2 > this.#items.length) this.#compact()
  }

  /** The oldest of all is the oldest of its topic. */
  #forgetShare(topic: string | undefined): void {
    const own = topic === undefined ? undefined : this.#topics?.get(topic)
    own?.shift()
    if (own?.length === 0) this.#topics!.delete(topic!)
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head).filter(({ entry }) => entry)
    this.#head = this.#holes = 0
  }
}
