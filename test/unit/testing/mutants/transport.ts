import { createEntry, type Entry, type TransportMessage } from '../../../../src/server/channel/entry.js'
import type { GapReason, HistoryLimits, Page, Subscriber, Transport } from '../../../../src/server/channel/transport.js'

/** What a transport can get wrong, and the case that must find it. */
export const TRANSPORT_MUTANTS = {
  deliversTwice: 'order: first a position, then each entry once and in order',
  deliversBeforeThePosition: 'order: first a position, then each entry once and in order',
  reordersCalls: 'order: calls that do not wait for each other',
  comparesAsText: 'order: first a position, then each entry once and in order',
  deliversWhatWasThere: 'order: nothing from before the position',
  hasNoStart: 'ids: text that an event can carry',
  losesTheTopic: 'entries: all that was published',
  losesConflation: 'entries: all that was published',
  replaysEphemeral: 'ephemeral: delivered, not replayed, and a place to resume from',
  dropsEphemeral: 'ephemeral: delivered, not replayed, and a place to resume from',
  ignoresKeys: 'key: an event that is published again is one',
  foldsKeys: 'key: an event that is published again is one',
  replaysTheFirstToo: 'resume: at every position, exactly what follows',
  leavesOutTheLast: 'resume: at every position, exactly what follows',
  ignoresTheEnd: 'resume: at every position, exactly what follows',
  alwaysWaits: 'resume: at once from what was delivered lately',
  givesAllAtOnce: 'resume: in pages',
  skipsBetweenPages: 'resume: in pages',
  hasAnything: 'hostile ids: never had',
  readsIdsLoosely: 'hostile ids: never had',
  takesForgedForLater: 'hostile ids: never had',
  skipsWhatIsForgotten: 'trim: what is forgotten is told, and nothing is skipped',
  hasWhatIsForgotten: 'trim: what is forgotten is told, and nothing is skipped',
  skipsUnderAReader: 'trim: under a reader that is being given pages',
  tellsNoReset: 'reset: told, at no place before those that were given',
  resetsToTheStart: 'reset: told, at no place before those that were given',
  forgetsOverARestart: 'restart: resumes at every position from before it',
  hasAnOrderOfItsOwn: 'two processes: the same entries in the same order',
  keepsItsIdsToItself: 'two processes: an id of one is a place of the other',
  countsKeysByProcess: 'two processes: a key counts for both',
  deliversAfterClose: 'close: nothing is delivered after it, and it may come twice',
  failsAtASecondClose: 'close: nothing is delivered after it, and it may come twice',
  hangsWhenClosed: 'close: at every await',
}

export type TransportFaults = Partial<Record<keyof typeof TRANSPORT_MUTANTS, boolean>>

interface Stored {
  readonly n: number
  readonly message: TransportMessage
}

/** What processes share. */
export class Store {
  entries: Stored[] = []
  last = 0
  /** Up to here everything was forgotten. */
  trimmed = 0
  generation = 0
  readonly readers = new Set<() => void>()

  forget(n: number): void {
    this.trimmed = Math.max(this.trimmed, n)
    this.entries = this.entries.filter((each) => each.n > n)
  }

  lose(): void {
    this.forget(this.last)
    this.generation++
    for (const read of this.readers) read()
  }
}

const PAGE_BYTES = 64 * 1024

let made = 0

/** An honest transport, but for its faults. Its ids count from 8, so that they grow a digit. */
export class FaultyTransport implements Transport {
  readonly store: Store
  readonly #faults: TransportFaults
  readonly #number = made++
  #subscriber: Subscriber | undefined
  #limits: HistoryLimits | undefined
  #read = 0
  #generation = 0
  #isClosed = false
  #calls = 0
  readonly #keys = new Map<string, number>()
  readonly #pass = (): void => void setTimeout(() => this.#deliver())

  constructor(store: Store, faults: TransportFaults) {
    this.store = store
    this.#faults = faults
    if (store.last === 0) store.last = store.trimmed = 7
  }

  prepare(limits: HistoryLimits): void {
    this.#limits = limits
  }

  async publish(message: TransportMessage): Promise<string> {
    if (this.#isClosed && !this.#faults.deliversAfterClose) throw new Error('closed')
    if (this.#faults.reordersCalls) await new Promise((resolve) => setTimeout(resolve, (++this.#calls * 7) % 5))
    if (this.#faults.hangsWhenClosed) {
      await new Promise<void>((resolve) => setTimeout(() => !this.#isClosed && resolve(), 1))
    } else await Promise.resolve()
    const { store } = this
    const key = this.#faults.foldsKeys ? message.key?.toLowerCase() : message.key
    const known = this.#faults.countsKeysByProcess
      ? this.#keys.get(key!)
      : store.entries.find((each) => key !== undefined && this.#keyOf(each) === key)?.n
    if (known !== undefined && key !== undefined && !this.#faults.ignoresKeys) return this.#idOf(known)
    const n = ++store.last
    if (key !== undefined) this.#keys.set(key, n)
    const { losesTheTopic, losesConflation } = this.#faults
    const kept = {
      ...message,
      ...(losesTheTopic && { topic: undefined }),
      ...(losesConflation && { conflateKey: undefined }),
    }
    store.entries.push({ n, message: kept })
    const { size } = this.#limits ?? { size: Infinity }
    if (store.entries.length > size) store.forget(store.entries[store.entries.length - size - 1]!.n)
    for (const read of store.readers) read()
    return this.#idOf(n)
  }

  subscribe(subscriber: Subscriber): void {
    if (this.#isClosed) return
    this.#subscriber = subscriber
    this.#read = this.#faults.deliversWhatWasThere ? this.store.trimmed : this.store.last
    this.#generation = this.store.generation
    this.store.readers.add(this.#pass)
    if (this.#faults.deliversBeforeThePosition) this.#read = this.store.last
    subscriber.onReset(this.#idOf(this.#faults.deliversBeforeThePosition ? this.store.last + 5 : this.store.last))
  }

  has(id: string, topics?: ReadonlySet<string>): true | GapReason | Promise<true | GapReason> {
    const answer = this.#has(id, topics)
    return this.#faults.alwaysWaits ? Promise.resolve(answer) : answer
  }

  range(after: string, upTo: string): Page | undefined | Promise<Page | undefined> {
    const page = this.#range(this.#numberOf(after)!, this.#numberOf(upTo)!)
    return this.#faults.alwaysWaits ? Promise.resolve(page) : page
  }

  compare(a: string, b: string): number {
    if (this.#faults.comparesAsText) return a < b ? -1 : Number(a > b)
    const [one, two] = [this.#numberOf(a), this.#numberOf(b)]
    return one === undefined || two === undefined ? NaN : one - two
  }

  close(): void {
    if (this.#isClosed && this.#faults.failsAtASecondClose) throw new Error('closed already')
    this.#isClosed = true
    if (this.#faults.deliversAfterClose) return
    this.store.readers.delete(this.#pass)
    this.#subscriber = undefined
  }

  #has(id: string, _topics?: ReadonlySet<string>): true | GapReason {
    const { hasAnything, hasWhatIsForgotten, hasNoStart, keepsItsIdsToItself } = this.#faults
    if (hasAnything) return true
    const n = this.#numberOf(id)
    if (n === undefined || n > this.store.last) return 'unknown'
    if (hasNoStart && n === 7) return 'unknown'
    if (keepsItsIdsToItself && n <= this.#read - 1 && this.#subscriber && !this.#own.has(n)) return 'unknown'
    return n >= this.store.trimmed || hasWhatIsForgotten ? true : 'expired'
  }

  readonly #own = new Set<number>()

  #range(after: number, upTo: number): Page | undefined {
    const { skipsWhatIsForgotten, skipsUnderAReader, hasWhatIsForgotten } = this.#faults
    const isUnder = skipsUnderAReader && after > 7
    if (after < this.store.trimmed && !skipsWhatIsForgotten && !hasWhatIsForgotten && !isUnder) return undefined
    if (hasWhatIsForgotten && after < this.store.trimmed) return undefined
    const { replaysTheFirstToo, ignoresTheEnd, leavesOutTheLast, givesAllAtOnce, skipsBetweenPages } = this.#faults
    const found = this.store.entries.filter(
      ({ n }) => (replaysTheFirstToo ? n >= after : n > after) && (ignoresTheEnd || n <= upTo),
    )
    const entries: Entry[] = []
    let bytes = 0
    for (const each of found) {
      const entry = this.#entryOf(each)
      bytes += entry.wire.byteLength
      if (bytes > PAGE_BYTES && entries.length > 0 && !givesAllAtOnce) {
        return { entries, position: skipsBetweenPages ? entry.id : entries.at(-1)!.id }
      }
      if (!each.message.ephemeral || this.#faults.replaysEphemeral) entries.push(entry)
    }
    if (leavesOutTheLast) entries.pop()
    return { entries, position: this.#idOf(upTo) }
  }

  #deliver(): void {
    const subscriber = this.#subscriber
    if (!subscriber) return
    const { store } = this
    if (this.#generation !== store.generation && !this.#faults.tellsNoReset) {
      this.#generation = store.generation
      this.#read = store.last
      subscriber.onReset(this.#idOf(this.#faults.resetsToTheStart ? 7 : store.last))
      return
    }
    const found = store.entries.filter(({ n }) => n > this.#read)
    if (this.#faults.hasAnOrderOfItsOwn && this.#number % 2) found.reverse()
    this.#read = store.last
    for (const each of found) {
      this.#own.add(each.n)
      if (each.message.ephemeral && this.#faults.dropsEphemeral) continue
      subscriber.onEntry(this.#entryOf(each))
      if (this.#faults.deliversTwice && each.n % 10 === 0) subscriber.onEntry(this.#entryOf(each))
    }
  }

  #keyOf({ message: { key } }: Stored): string | undefined {
    return this.#faults.foldsKeys ? key?.toLowerCase() : key
  }

  #entryOf({ n, message }: Stored): Entry {
    return createEntry(this.#idOf(n), message)
  }

  #idOf(n: number): string {
    return `log-${n}`
  }

  #numberOf(id: string): number | undefined {
    const { readsIdsLoosely, takesForgedForLater } = this.#faults
    if (readsIdsLoosely) return Number.parseInt(id.slice(4), 10) || undefined
    const parts = /^log-([1-9]\d{0,15})$/.exec(id)
    if (takesForgedForLater && id === '9'.repeat(256)) return 1e300
    return parts && Number(parts[1]) <= this.store.last ? Number(parts[1]) : undefined
  }
}
