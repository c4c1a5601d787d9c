import type { Entry } from './entry.js'
import type { HistoryLimits, Page } from './transport.js'

/** Bytes of one page, about. */
const PAGE_BYTES = 32 * 1024

/** The front of the list that has been let go is cut off when it is this long, and half of it. */
const COMPACT_AT = 256

interface Item {
  readonly entry: Entry
  readonly time: number
  /** Bytes of all entries before this one, since the beginning. */
  readonly offset: number
}

/**
 * The last entries of a channel in the memory of this process, bounded by count, age and bytes.
 * Ephemeral ones are not held; they only move the end.
 */
export class History {
  readonly #limits: HistoryLimits
  readonly #compare: (a: string, b: string) => number
  readonly #now: () => number
  #items: Item[] = []
  /** Where the items begin; those before were let go. */
  #head = 0
  #end = 0
  #start: string

  /** @param start The place that the first entry follows. */
  constructor(limits: HistoryLimits, compare: (a: string, b: string) => number, now: () => number, start: string) {
    this.#limits = limits
    this.#compare = compare
    this.#now = now
    this.#start = start
  }

  /** Every entry after this place is held, and none before it. */
  get start(): string {
    this.#trim()
    return this.#start
  }

  /** @param time When it was published. */
  push(entry: Entry, time: number = this.#now()): void {
    if (entry.ephemeral) return
    this.#items.push({ entry, time, offset: this.#end })
    this.#end += entry.wire.byteLength
    this.#trim()
  }

  /** Whether the entry itself is held. */
  holds(id: string): boolean {
    return this.#items[this.#firstAfter(id) - 1]?.entry.id === id
  }

  /** As `range` of a transport, for an `after` from `start` on; else `undefined`. */
  page(after: string, upTo: string): Page | undefined {
    if (this.#compare(after, this.start) < 0) return undefined
    const from = this.#firstAfter(after)
    const end = this.#firstAfter(upTo)
    // Pages end at fixed places, wherever they begin, so that readers after the same events share them.
    let to = from
    while (to < end && this.#pageOf(to) === this.#pageOf(from)) to++
    const entries = this.#items.slice(from, to).map(({ entry }) => entry)
    return { entries, position: to < end ? entries.at(-1)!.id : upTo }
  }

  #pageOf(index: number): number {
    return Math.floor(this.#items[index]!.offset / PAGE_BYTES)
  }

  #firstAfter(id: string): number {
    let low = this.#head
    let high = this.#items.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#compare(this.#items[middle]!.entry.id, id) > 0) high = middle
      else low = middle + 1
    }
    return low
  }

  #trim(): void {
    const { size, maxAge, maxBytes } = this.#limits
    const oldest = this.#now() - maxAge
    for (; this.#head < this.#items.length; this.#head++) {
      const { entry, time, offset } = this.#items[this.#head]!
      if (this.#items.length - this.#head <= size && this.#end - offset <= maxBytes && time >= oldest) break
      this.#start = entry.id
    }
    if (this.#head > COMPACT_AT && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
  }
}
