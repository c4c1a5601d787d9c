import { createEntry, type Entry, type TransportMessage } from '../../../src/server/channel/entry.js'
import { History } from '../../../src/server/channel/history.js'
import type { HistoryLimits, Page, Subscriber, Transport } from '../../../src/server/channel/transport.js'
import type { Random } from '../random.js'
import type { SimScheduler } from './sim-scheduler.js'

/**
 * A stream on another machine: several processes publish to it and read from it, each as late as it may
 * be. It can be trimmed, and can lose its last entries, as when an older copy takes over.
 */
export class SimStore {
  /** Ids are numbers that grow, with holes. */
  entries: Entry[] = []
  lastId = 0
  /** Of the last entry that was trimmed. */
  trimmed = 0
  /** Of the last entry known to the present copy. */
  tail = 0
  /** Changes when the tail is lost. */
  generation = 0

  constructor(readonly random: Random) {}

  append(message: TransportMessage): Entry {
    this.lastId += this.random.int(1, 3)
    this.tail = this.lastId
    const entry = createEntry(String(this.lastId), message)
    this.entries.push(entry)
    return entry
  }

  trim(count: number): void {
    this.trimmed = Number(this.entries.splice(0, count).at(-1)?.id ?? this.trimmed)
  }

  /** Takes the last entries away, and gives them. */
  loseTail(count: number): Entry[] {
    const lost = this.entries.splice(Math.max(0, this.entries.length - count))
    this.tail = Number(this.entries.at(-1)?.id ?? this.trimmed)
    this.generation++
    return lost
  }

  has(id: number): boolean {
    return this.entries.some((entry) => Number(entry.id) === id)
  }
}

const PAGE = 3

/** One process's face of a store. Nothing it is asked is answered before `work` says so. */
export class SimTransport implements Transport {
  readonly #store: SimStore
  readonly #scheduler: SimScheduler
  readonly #waiting: (() => void)[] = []
  #history: History | undefined
  #subscriber: Subscriber | undefined
  #limits!: HistoryLimits
  #delivered = 0
  #generation = 0
  #isStarted = false
  onAppend: (entry: Entry) => void = () => {}

  constructor(store: SimStore, scheduler: SimScheduler) {
    this.#store = store
    this.#scheduler = scheduler
  }

  compare(a: string, b: string): number {
    return Number(a) - Number(b)
  }

  publish(message: TransportMessage): Promise<string> {
    return this.#later(() => {
      const entry = this.#store.append(message)
      this.onAppend(entry)
      return entry.id
    })
  }

  subscribe(subscriber: Subscriber, limits: HistoryLimits): void {
    this.#subscriber = subscriber
    this.#limits = limits
  }

  has(id: string): true | 'unknown' | Promise<true | 'unknown'> {
    const number = /^\d{1,9}$/.test(id) ? Number(id) : -1
    if (this.#isStarted && number >= Number(this.#history!.start) && number <= this.#delivered) return true
    return this.#later(() => this.#store.has(number) || 'unknown')
  }

  range(after: string, upTo: string): Page | undefined | Promise<Page | undefined> {
    const page = this.#history!.page(after, upTo)
    if (page) return page
    return this.#later(() => {
      if (!this.#store.has(Number(after))) return undefined
      const all = this.#store.entries.filter(({ id }) => Number(id) > Number(after) && Number(id) <= Number(upTo))
      const some = all.slice(0, PAGE)
      const position = some.length < all.length ? some.at(-1)!.id : upTo
      return { entries: some.filter(({ ephemeral }) => !ephemeral), position }
    })
  }

  close(): void {
    this.#subscriber = undefined
    this.#waiting.length = 0
  }

  /** Loses its place, in the middle of whatever is under way. */
  lose(): void {
    if (!this.#subscriber || !this.#isStarted) return
    this.#isStarted = false
    this.#deliver(this.#subscriber, 0)
  }

  /** How much there is to do. */
  get pending(): number {
    const behind = this.#subscriber && (!this.#isStarted || this.#delivered < this.#store.tail)
    const isCut = this.#isStarted && this.#generation !== this.#store.generation
    return this.#waiting.length + (behind || isCut ? 1 : 0)
  }

  /** Answers one question, or delivers some entries. */
  work(random: Random): void {
    const answer = this.#waiting.splice(random.int(0, this.#waiting.length - 1), 1)[0]
    if (answer && random.chance(0.7)) return answer()
    if (answer) this.#waiting.push(answer)
    if (this.#subscriber) this.#deliver(this.#subscriber, random.int(1, 4))
  }

  #deliver(subscriber: Subscriber, count: number): void {
    // An entry that was trimmed before it was delivered is as lost as one of a lost tail.
    const isCut = this.#generation !== this.#store.generation || this.#delivered < this.#store.trimmed
    if (!this.#isStarted || isCut) {
      this.#isStarted = true
      this.#generation = this.#store.generation
      this.#delivered = this.#store.tail
      const position = String(this.#delivered)
      this.#history = new History(this.#limits, {
        compare: this.compare,
        now: () => this.#scheduler.now(),
        start: position,
      })
      subscriber.onReset(position)
      return
    }
    const next = this.#store.entries.filter(({ id }) => Number(id) > this.#delivered).slice(0, count)
    for (const entry of next) {
      this.#delivered = Number(entry.id)
      this.#history!.push(entry)
      subscriber.onEntry(entry)
    }
  }

  #later<T>(work: () => T): Promise<T> {
    return new Promise((resolve) => this.#waiting.push(() => resolve(work())))
  }
}
