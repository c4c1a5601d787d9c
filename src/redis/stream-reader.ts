import { toRedisError } from './failure.js'
import type { Link, LinkFactory } from './link.js'
import { PageSize } from './page-size.js'
import { findAfterLoss, findStart, type Loss } from './place.js'
import { RedisTransportError } from './redis-error.js'
import { readEntries, sizeOf, type StoredEntry } from './stored-entry.js'
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
  /** Why there is no place any more, until there is another. */
  #lost: Loss | undefined
  /** The newest entry that this process added. */
  #added: string | undefined
  /** Attempts in a row that failed, and with what. */
  #failures = 0
  #complaint = ''

  constructor(options: StreamReaderOptions) {
    this.#options = options
  }

  /** Starts reading with the first listener. `onPlace` is called at once where the place is known. */
  join(listener: StreamListener): void {
    this.#listeners = [...this.#listeners, listener]
    this.#began ??= { time: performance.now(), added: this.#added }
    if (this.#last !== undefined) listener.onPlace(this.#last)
    this.#running ??= this.#run()
  }

  leave(listener: StreamListener): void {
    this.#listeners = this.#listeners.filter((other) => other !== listener)
  }

  /** Takes note that Redis has acknowledged an entry of this process. */
  added(id: string): void {
    if (this.#added === undefined || compareStreamIds(id, this.#added) > 0) this.#added = id
  }

  async close(): Promise<void> {
    this.#closing.abort()
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
      if (this.#last === undefined) await this.#settle(link)
      const last = this.#last!
      const block = wait > 0 ? ['BLOCK', String(wait)] : []
      const count = String(this.#page.count)
      // Sent together, so that the second is answered right after the first.
      const asked = [
        link.send(['XREAD', 'COUNT', count, ...block, 'STREAMS', key, last]),
        link.send(['XRANGE', key, last, last, 'COUNT', '1']),
        wait === 0 && this.#isUnread(this.#added) ? link.send(['XRANGE', key, this.#added!, this.#added!]) : [true],
      ]
      const [reply, found, added] = await bounded(Promise.all(asked), wait + timeoutMs, () =>
        this.#late('answer', wait + timeoutMs),
      )
      this.#failures = 0
      this.#complaint = ''
      wait = blockMs
      const isWhole = (found as unknown[]).length > 0 && (added as unknown[]).length > 0
      if (!isWhole) {
        this.#lose({ last, isMarked: false })
        continue
      }
      const entries = readEntries((reply as [key: string, entries: unknown][] | null)?.[0]?.[1])
      this.#page.learn(entries.length, sizeOf(entries))
      this.#deliver(entries)
    }
  }

  #isUnread(id: string | undefined): boolean {
    return id !== undefined && compareStreamIds(id, this.#last!) > 0
  }

  #lose(loss: Loss): void {
    this.#lost = loss
    this.#last = this.#added = undefined
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
  }

  /** Finds the place to read from: for the first time, or after entries were lost. */
  async #settle(link: Link): Promise<void> {
    const { key, timeoutMs } = this.#options
    const { time, added } = this.#began!
    if (this.#lost) for (const listener of this.#listeners) listener.onLost()
    const search = this.#lost ? findAfterLoss(link, key, this.#lost) : findStart(link, key, time, added)
    const { position, entries } = await bounded(search, timeoutMs, () => this.#late('answer', timeoutMs))
    this.#lost = undefined
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
