import { replyCode } from './failure.js'
import { findAfterLoss, findStart, type Loss } from './place.js'
import { RedisTransportError } from './redis-error.js'
import { isSame, readEntries, type RawEntry, type StoredEntry } from './stored-entry.js'
import { compareStreamIds } from './stream-id.js'
import type { Followed, Proof, Send, StreamReader } from './stream-reader.js'
import { bounded } from './wait.js'

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

export interface FollowedStreamOptions {
  readonly key: string
  readonly blockMs: number
  readonly timeoutMs: number
  /** How long Redis keeps the stream after the last write, a mark of the reader among them. */
  readonly expire?: number | undefined
}

/** One stream for all channels of the process: where they are in it, and whether something is missing. */
export class FollowedStream implements Followed {
  readonly key: string
  readonly blockMs: number
  readonly timeoutMs: number
  private readonly _reader: StreamReader
  private readonly _expire: number | undefined
  private _listeners: readonly StreamListener[] = []
  private _isClosed = false
  /** The id of the entry read last; `undefined` while the place is not known, or no longer. */
  private _last: string | undefined
  /** That entry, once it was seen: after a restart of Redis another one may have its id. */
  private _lastEntry: RawEntry | undefined
  /** When the first listener came, in milliseconds of the monotonic clock, and what had been added by then. */
  private _began: { time: number; added: string | undefined } | undefined
  /** Those who wait for the stream to be read up to somewhere. */
  private readonly _watching = new Set<() => void>()
  /** Why there is no place any more, until there is another. */
  private _lost: Loss | undefined
  /** The newest entry that this process added over each connection, for as long as it has not been read. */
  private _added = new Map<number, string>()
  /** What the listeners were told last. */
  private _complaint = ''

  constructor(reader: StreamReader, { key, blockMs, timeoutMs, expire }: FollowedStreamOptions) {
    this._reader = reader
    this.key = key
    this.blockMs = blockMs
    this.timeoutMs = timeoutMs
    this._expire = expire
  }

  get position(): string | undefined {
    return this._last
  }

  /** Reading starts with the first listener. `onPlace` is called at once where the place is known. */
  join(listener: StreamListener): void {
    this._listeners = [...this._listeners, listener]
    this._began ??= { time: performance.now(), added: [...this._added.values()].at(-1) }
    if (this._last !== undefined) listener.onPlace(this._last)
    this._reader.follow(this)
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
   * Resolves when all up to `id` has been read, or a place after it was found, or the stream is closed.
   *
   * @throws {RedisTransportError} after `timeoutMs`.
   */
  async reached(id: string): Promise<void> {
    let look!: () => void
    const there = new Promise<void>((resolve) => {
      look = () => {
        if (this._isClosed || !this._isUnread(id)) resolve()
      }
      this._watching.add(look)
      look()
    })
    try {
      await bounded(there, this.timeoutMs, () => {
        const text = `Redis did not give what is new within ${this.timeoutMs} ms.`
        return new RedisTransportError('ERR_REDIS_TIMEOUT', text)
      })
    } finally {
      this._watching.delete(look)
    }
  }

  async close(): Promise<void> {
    this._isClosed = true
    for (const look of this._watching) look()
    await this._reader.unfollow(this)
  }

  /** Finds the place to read from: for the first time, or after entries were lost. */
  async settle(send: Send): Promise<void> {
    const { time, added } = this._began!
    if (this._lost) for (const listener of this._listeners) listener.onLost()
    // Added since the loss: there is some only where a search was broken off, and may have been lost as well.
    const own = [...this._added.values()].at(-1)
    const loss = this._lost && own !== undefined ? { last: own, isMarked: false } : this._lost
    const search = loss
      ? findAfterLoss(send, this.key, loss)
      : findStart(send, this.key, { began: time, earlier: added })
    const { position, entries } = await search
    if (this._expire !== undefined) {
      // A user who may not say so may publish all the same.
      await send(['PEXPIRE', this.key, String(this._expire)]).catch((error: unknown) => {
        if (!replyCode(error)) throw error
      })
    }
    this._lost = this._lastEntry = undefined
    this._last = position
    for (const listener of this._listeners) listener.onPlace(position)
    this._deliver(entries)
  }

  unread(): readonly string[] {
    return [...this._added.values()].filter((id) => this._isUnread(id))
  }

  onRead(raw: readonly RawEntry[], { at, missing }: Proof): void {
    this._complaint = ''
    const isGone = !at || !isSame(at, (this._lastEntry ??= at))
    // A mark that was left before the newest of them was lost tells of an earlier loss.
    const lost = missing.at(-1) ?? (isGone ? this._last : undefined)
    if (lost !== undefined) return this._lose({ last: lost, isMarked: false })
    this._lastEntry = raw.at(-1) ?? this._lastEntry
    this._deliver(readEntries(raw))
  }

  /** Tells the listeners, once as long as the reason stays the same. */
  onTrouble(error: RedisTransportError): void {
    if (error.message === this._complaint) return
    this._complaint = error.message
    for (const listener of this._listeners) listener.onError(error)
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
}
