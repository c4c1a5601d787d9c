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
  private readonly _options: StreamReaderOptions
  private readonly _closing = new AbortController()
  private readonly _page = new PageSize(REPLY_BYTES)
  private _listeners: readonly StreamListener[] = []
  private _link: Link | undefined
  private _running: Promise<void> | undefined
  /** The id of the entry read last; `undefined` while the place is not known, or no longer. */
  private _last: string | undefined
  /** When the first listener came, in milliseconds of the monotonic clock, and what had been added by then. */
  private _began: { time: number; added: string | undefined } | undefined
  /** Those who wait for the reader to get somewhere. */
  private readonly _watching = new Set<() => void>()
  /** Why there is no place any more, until there is another. */
  private _lost: Loss | undefined
  /** That entry, once it was seen: after a restart of Redis another one may have its id. */
  private _lastEntry: RawEntry | undefined
  /** The newest entry that this process added over each connection, for as long as it has not been read. */
  private _added = new Map<number, string>()
  /** Attempts in a row that failed, and with what. */
  private _failures = 0
  private _complaint = ''

  constructor(options: StreamReaderOptions) {
    this._options = options
  }

  /** Starts reading with the first listener. `onPlace` is called at once where the place is known. */
  join(listener: StreamListener): void {
    this._listeners = [...this._listeners, listener]
    this._began ??= { time: performance.now(), added: [...this._added.values()].at(-1) }
    if (this._last !== undefined) listener.onPlace(this._last)
    this._running ??= this._run()
  }

  leave(listener: StreamListener): void {
    this._listeners = this._listeners.filter((other) => other !== listener)
  }

  /**
   * Takes note that Redis has acknowledged an entry of this process.
   *
   * @param connection Counts the connections it was sent over. What Redis loses between two of them is the newest
   * of the earlier one, and entries of the later one do not tell of it.
   */
  added(id: string, connection: number): void {
    for (const [earlier, entry] of this._added) if (!this._isUnread(entry)) this._added.delete(earlier)
    const newest = this._added.get(connection)
    if (newest === undefined || compareStreamIds(id, newest) > 0) this._added.set(connection, id)
  }

  /**
   * Resolves when all up to `id` has been read, or a place after it was found, or the reader is closed.
   *
   * @throws {RedisTransportError} after `timeoutMs`.
   */
  async reached(id: string): Promise<void> {
    const { timeoutMs } = this._options
    let look!: () => void
    const there = new Promise<void>((resolve) => {
      look = () => {
        if (this._closing.signal.aborted || !this._isUnread(id)) resolve()
      }
      this._watching.add(look)
      look()
    })
    try {
      await bounded(there, timeoutMs, () => this._late('give what is new', timeoutMs))
    } finally {
      this._watching.delete(look)
    }
  }

  async close(): Promise<void> {
    this._closing.abort()
    for (const look of this._watching) look()
    await this._link?.close()
    await this._running
  }

  private async _run(): Promise<void> {
    const { links, timeoutMs } = this._options
    const { signal } = this._closing
    while (!signal.aborted) {
      const link = (this._link = links.create(timeoutMs))
      try {
        await bounded(link.open(), timeoutMs, () => this._late('open a connection', timeoutMs))
        await this._read(link)
      } catch (error) {
        if (!signal.aborted) this._complain(error)
      }
      await link.close()
      if (!signal.aborted) await pause(this._failures, signal)
    }
  }

  private async _read(link: Link): Promise<never> {
    const { key, blockMs, timeoutMs } = this._options
    /** 0 for an answer at once: the first one says whether the place is still good. */
    let wait = 0
    for (;;) {
      while (this._last === undefined) await this._settle(link)
      const last: string = this._last
      const block = wait > 0 ? ['BLOCK', String(wait)] : []
      const count = String(this._page.count)
      // Sent together, so that the second is answered right after the first.
      const added = wait === 0 ? [...this._added.values()].filter((id) => this._isUnread(id)) : []
      const asked = [
        link.send(['XREAD', 'COUNT', count, ...block, 'STREAMS', key, last]),
        ...[last, ...added].map((id) => link.send(['XRANGE', key, id, id, 'COUNT', '1'])),
      ]
      const [reply, ...found] = await bounded(Promise.all(asked), wait + timeoutMs, () =>
        this._late('answer', wait + timeoutMs),
      )
      this._failures = 0
      this._complaint = ''
      wait = blockMs
      const [at, ...own] = (found as RawEntry[][]).map(([entry]) => entry)
      const isGone = !at || !isSame(at, (this._lastEntry ??= at))
      // A mark that was left before the newest of them was lost tells of an earlier loss.
      const lost = added.filter((_, index) => !own[index]).at(-1) ?? (isGone ? last : undefined)
      if (lost !== undefined) {
        this._lose({ last: lost, isMarked: false })
        continue
      }
      const raw = (reply as [key: string, entries: RawEntry[]][] | null)?.[0]?.[1] ?? []
      const entries = readEntries(raw)
      this._page.learn(entries.length, sizeOf(entries))
      this._lastEntry = raw.at(-1) ?? this._lastEntry
      this._deliver(entries)
    }
  }

  /** Everything is unread where the place is not known. */
  private _isUnread(id: string): boolean {
    return this._last === undefined || compareStreamIds(id, this._last) > 0
  }

  private _lose(loss: Loss): void {
    this._lost = loss
    this._last = this._lastEntry = undefined
    this._added.clear()
  }

  private _deliver(entries: readonly StoredEntry[]): void {
    for (const entry of entries) {
      // The rest may be behind readers who come from a process that has got further.
      if (entry.mark === 'break') return this._lose({ last: entry.id, isMarked: true })
      this._last = entry.id
      for (const listener of this._listeners) {
        if (!entry.mark && listener.channel === entry.channel) listener.onStored(entry)
      }
    }
    for (const look of this._watching) look()
  }

  /** Finds the place to read from: for the first time, or after entries were lost. */
  private async _settle(link: Link): Promise<void> {
    const { key, timeoutMs, expire } = this._options
    const { time, added } = this._began!
    if (this._lost) for (const listener of this._listeners) listener.onLost()
    // Added since the loss: there is some only where a search was broken off, and may have been lost as well.
    const own = [...this._added.values()].at(-1)
    const loss = this._lost && own !== undefined ? { last: own, isMarked: false } : this._lost
    const search = loss ? findAfterLoss(link, key, loss) : findStart(link, key, time, added)
    const { position, entries } = await bounded(search, timeoutMs, () => this._late('answer', timeoutMs))
    if (expire !== undefined) {
      // A user who may not say so may publish all the same.
      await bounded(link.send(['PEXPIRE', key, String(expire)]), timeoutMs, () =>
        this._late('answer', timeoutMs),
      ).catch((error: unknown) => {
        if (!replyCode(error)) throw error
      })
    }
    this._lost = this._lastEntry = undefined
    this._last = position
    for (const listener of this._listeners) listener.onPlace(position)
    this._deliver(entries)
  }

  private _late(what: string, ms: number): RedisTransportError {
    return new RedisTransportError('ERR_REDIS_TIMEOUT', `Redis did not ${what} within ${ms} ms.`)
  }

  /** Tells the listeners, once as long as the reason stays the same. */
  private _complain(cause: unknown): void {
    this._failures++
    const error = toRedisError(cause, 'answer the reader of the stream')
    if (error.message === this._complaint) return
    this._complaint = error.message
    for (const listener of this._listeners) listener.onError(error)
  }
}
