import type { Followed, StreamReader } from './stream-reader.js'
import type { RawEntry } from './stored-entry.js'

/** Milliseconds that Redis may keep the connection waiting. News come at once all the same. */
const BLOCK = 5000

/** Wakes those who wait for entries of streams. All is read on the connection that waits for all streams of a client. */
export class RunWatch {
  private readonly _reader: StreamReader
  private readonly _timeoutMs: number
  private readonly _streams = new Map<string, WatchedStream>()

  constructor(reader: StreamReader, timeoutMs: number) {
    this._reader = reader
    this._timeoutMs = timeoutMs
  }

  /** Calls `wake` when one of the streams has got an entry, and soon where it has one already. The result ends it. */
  add(keys: readonly string[], wake: () => void): () => void {
    // Of its own, so that the same function may watch twice.
    const watcher = (): void => wake()
    const streams = keys.map((key) => this._stream(key))
    for (const stream of streams) stream.add(watcher)
    return () => {
      for (const stream of streams) {
        stream.remove(watcher)
        if (stream.isWatched || this._streams.get(stream.key) !== stream) continue
        this._streams.delete(stream.key)
        void this._reader.unfollow(stream)
      }
    }
  }

  async close(): Promise<void> {
    const streams = [...this._streams.values()]
    this._streams.clear()
    await Promise.all(streams.map((stream) => this._reader.unfollow(stream)))
  }

  private _stream(key: string): WatchedStream {
    const before = this._streams.get(key)
    if (before) return before
    const stream = new WatchedStream(key, this._timeoutMs)
    this._streams.set(key, stream)
    this._reader.follow(stream)
    return stream
  }
}

class WatchedStream implements Followed {
  readonly key: string
  readonly timeoutMs: number
  readonly blockMs = BLOCK
  /** A run's streams only grow, and those who are woken ask the store. */
  readonly isUnproved = true
  position = '0-0'
  private readonly _watchers = new Set<() => void>()

  constructor(key: string, timeoutMs: number) {
    this.key = key
    this.timeoutMs = timeoutMs
  }

  get isWatched(): boolean {
    return this._watchers.size > 0
  }

  add(watcher: () => void): void {
    this._watchers.add(watcher)
    if (this.position === '0-0') return
    queueMicrotask(() => this._watchers.has(watcher) && watcher())
  }

  remove(watcher: () => void): void {
    this._watchers.delete(watcher)
  }

  onRead(entries: readonly RawEntry[]): void {
    const last = entries.at(-1)
    if (!last) return
    this.position = last[0]
    for (const watcher of this._watchers) watcher()
  }

  /** The commands say what is wrong. The next entry that can be read tells. */
  onTrouble(): void {}
}
