import { replyCode, toRedisError } from './failure.js'
import type { Link, LinkFactory } from './link.js'
import { PageSize } from './page-size.js'
import { findAfterLoss, findStart, type Loss } from './place.js'
import { RedisTransportError } from './redis-error.js'
import { isSame, readEntries, sizeOf, type RawEntry, type StoredEntry } from './stored-entry.js'
import { compareStreamIds } from './stream-id.js'
import { bounded, pause } from './wait.js'

/** How large a reply of XREAD should be, in bytes, while catching up. */
const REPLY_BYTES = 256 * 1024

export interface StreamListener {
  readonly channel: string
  /** Entries were lost. `onPlace` follows, with a place at or after all that was in the stream until now. */
  onLost(): void
  /**
   * Entries after `position`, which is the id of one that exists, follow. Each call but the first says that
   * entries may be missing.
   */
  onPlace(position: string): void
  /** The next entry of the channel. */
  onStored(entry: StoredEntry): void
  onError(error: RedisTransportError): void
}

export interface StreamReaderOptions {
  readonly links: LinkFactory
  readonly key: string
  readonly blockMs: number
  readonly timeoutMs: number
  /** How long Redis keeps the stream after the last write, a mark of the reader among them. */
  readonly expire?: number | undefined
}

/**
 * Reads one stream for all channels of the process, with one connection that always waits in XREAD BLOCK.
 *
 * It never asks for "what comes from now on": it starts after an entry that exists, and after each read
 * makes sure that the entry it had read last still exists. As long as it does, nothing after it was
 * trimmed, and it is the stream it was; so that nothing can have been missed.
 */
export class StreamReader {
  readonly #options: StreamReaderOptions
  readonly #closing = new AbortController()
  readonly #page = new PageSize(REPLY_BYTES)
  #listeners: readonly StreamListener[] = []
  #link: Link | undefined
  #running: Promise<void> | undefined
  /** The id of the entry read last; `undefined` while the place is not known, or no longer. */
  #last: string | undefined
  /** When the first listener came, in milliseconds of the monotonic clock, and what had been added by then. */
  #began: { time: number; added: string | undefined } | undefined
  /** Those who wait for the reader to get somewhere. */
  readonly #watching = new Set<() => void>()
  /** Why there is no place any more, until there is another. */
  #lost: Loss | undefined
  /** That entry, once it was seen: after a restart of Redis another one may have its id. */
  #lastEntry: RawEntry | undefined
  /** The newest entry that this process added over each connection, for as long as it has not been read. */
  #added = new Map<number, string>()
  /** Attempts in a row that failed, and with what. */
  #failures = 0
  #complaint = ''

  constructor(options: StreamReaderOptions) {
    this.#options = options
  }

  /** Starts reading with the first listener. `onPlace` is called at once where the place is known. */
  join(listener: StreamListener): void {
    this.#listeners = [...this.#listeners, listener]
    this.#began ??= { time: performance.now(), added: [...this.#added.values()].at(-1) }
    if (this.#last !== undefined) listener.onPlace(this.#last)
    this.#running ??= this.#run()
  }

  leave(listener: StreamListener): void {
    this.#listeners = this.#listeners.filter((other) => other !== listener)
  }

  /**
   * Takes note that Redis has acknowledged an entry of this process.
   *
   * @param connection Counts the connections it was sent over. What Redis loses between two of them is the newest
   * of the earlier one, and entries of the later one do not tell of it.
   */
  added(id: string, connection: number): void {
    for (const [earlier, entry] of this.#added) if (!this.#isUnread(entry)) this.#added.delete(earlier)
    const newest = this.#added.get(connection)
    if (newest === undefined || compareStreamIds(id, newest) > 0) this.#added.set(connection, id)
  }

  /**
   * Resolves when all up to `id` has been read, or a place after it was found, or the reader is closed.
   *
   * @throws {RedisTransportError} after `timeoutMs`.
   */
  async reached(id: string): Promise<void> {
    const { timeoutMs } = this.#options
    let look!: () => void
    const there = new Promise<void>((resolve) => {
      look = () => {
        if (this.#closing.signal.aborted || !this.#isUnread(id)) resolve()
      }
      this.#watching.add(look)
      look()
    })
    try {
      await bounded(there, timeoutMs, () => this.#late('give what is new', timeoutMs))
    } finally {
      this.#watching.delete(look)
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const look of this.#watching) look()
    await this.#link?.close()
    await this.#running
  }

  async #run(): Promise<void> {
    const { links, timeoutMs } = this.#options
    const { signal } = this.#closing
    while (!signal.aborted) {
      const link = (this.#link = links.create(timeoutMs))
      try {
        await bounded(link.open(), timeoutMs, () => this.#late('open a connection', timeoutMs))
        await this.#read(link)
      } catch (error) {
        if (!signal.aborted) this.#complain(error)
      }
      await link.close()
      if (!signal.aborted) await pause(this.#failures, signal)
    }
  }

  async #read(link: Link): Promise<never> {
    const { key, blockMs, timeoutMs } = this.#options
    /** 0 for an answer at once: the first one says whether the place is still good. */
    let wait = 0
    for (;;) {
      while (this.#last === undefined) await this.#settle(link)
      const last: string = this.#last
      const block = wait > 0 ? ['BLOCK', String(wait)] : []
      const count = String(this.#page.count)
      // Sent together, so that the second is answered right after the first.
      const added = wait === 0 ? [...this.#added.values()].filter((id) => this.#isUnread(id)) : []
      const asked = [
        link.send(['XREAD', 'COUNT', count, ...block, 'STREAMS', key, last]),
        ...[last, ...added].map((id) => link.send(['XRANGE', key, id, id, 'COUNT', '1'])),
      ]
      const [reply, ...found] = await bounded(Promise.all(asked), wait + timeoutMs, () =>
        this.#late('answer', wait + timeoutMs),
      )
      this.#failures = 0
      this.#complaint = ''
      wait = blockMs
      const [at, ...own] = (found as RawEntry[][]).map(([entry]) => entry)
      const isGone = !at || !isSame(at, (this.#lastEntry ??= at))
      // A mark that was left before the newest of them was lost tells of an earlier loss.
      const lost = added.filter((_, index) => !own[index]).at(-1) ?? (isGone ? last : undefined)
      if (lost !== undefined) {
        this.#lose({ last: lost, isMarked: false })
        continue
      }
      const raw = (reply as [key: string, entries: RawEntry[]][] | null)?.[0]?.[1] ?? []
      const entries = readEntries(raw)
      this.#page.learn(entries.length, sizeOf(entries))
      this.#lastEntry = raw.at(-1) ?? this.#lastEntry
      this.#deliver(entries)
    }
  }

  /** Everything is unread where the place is not known. */
  #isUnread(id: string): boolean {
    return this.#last === undefined || compareStreamIds(id, this.#last) > 0
  }

  #lose(loss: Loss): void {
    this.#lost = loss
    this.#last = this.#lastEntry = undefined
    this.#added.clear()
  }

  #deliver(entries: readonly StoredEntry[]): void {
    for (const entry of entries) {
      // The rest may be behind readers who come from a process that has got further.
      if (entry.mark === 'break') return this.#lose({ last: entry.id, isMarked: true })
      this.#last = entry.id
      for (const listener of this.#listeners) {
        if (!entry.mark && listener.channel === entry.channel) listener.onStored(entry)
      }
    }
    for (const look of this.#watching) look()
  }

  /** Finds the place to read from: for the first time, or after entries were lost. */
  async #settle(link: Link): Promise<void> {
    const { key, timeoutMs, expire } = this.#options
    const { time, added } = this.#began!
    if (this.#lost) for (const listener of this.#listeners) listener.onLost()
    // Added since the loss: there is some only where a search was broken off, and may have been lost as well.
    const own = [...this.#added.values()].at(-1)
    const loss = this.#lost && own !== undefined ? { last: own, isMarked: false } : this.#lost
    const search = loss ? findAfterLoss(link, key, loss) : findStart(link, key, time, added)
    const { position, entries } = await bounded(search, timeoutMs, () => this.#late('answer', timeoutMs))
    if (expire !== undefined) {
      // A user who may not say so may publish all the same.
      await bounded(link.send(['PEXPIRE', key, String(expire)]), timeoutMs, () =>
        this.#late('answer', timeoutMs),
      ).catch((error: unknown) => {
        if (!replyCode(error)) throw error
      })
    }
    this.#lost = this.#lastEntry = undefined
    this.#last = position
    for (const listener of this.#listeners) listener.onPlace(position)
    this.#deliver(entries)
  }

  #late(what: string, ms: number): RedisTransportError {
    return new RedisTransportError('ERR_REDIS_TIMEOUT', `Redis did not ${what} within ${ms} ms.`)
  }

  /** Tells the listeners, once as long as the reason stays the same. */
  #complain(cause: unknown): void {
    this.#failures++
    const error = toRedisError(cause, 'answer the reader of the stream')
    if (error.message === this.#complaint) return
    this.#complaint = error.message
    for (const listener of this.#listeners) listener.onError(error)
  }
}
