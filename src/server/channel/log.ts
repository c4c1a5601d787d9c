import type { Entry } from './entry.js'

/**
 * What the transport has delivered and some reader may still need: what the next flush writes, and
 * while readers catch up, what came since they began. Entries are numbered from 0 through the life of
 * the channel.
 */
export class Log {
  private readonly _maxBytes: number
  /** The place after the last entry; `undefined` until the transport has said where delivery begins. */
  position: string | undefined
  /** The number of the first entry held. */
  base = 0
  /** The number of the first entry that live readers have not been given. */
  flushed = 0
  /** Bytes that live readers have not been given. */
  pendingBytes = 0
  private _entries: Entry[] = []
  private _bytes = 0

  /** @param maxBytes What may be kept of entries that were flushed. */
  constructor(maxBytes: number) {
    this._maxBytes = maxBytes
  }

  /** The number that the next entry will have. */
  get end(): number {
    return this.base + this._entries.length
  }

  push(entry: Entry): void {
    this._entries.push(entry)
    this._bytes += entry.wire.byteLength
    this.pendingBytes += entry.wire.byteLength
    this.position = entry.id
  }

  /** @param from Not before `base`. */
  slice(from: number, to: number): Entry[] {
    return this._entries.slice(from - this.base, to - this.base)
  }

  /** Continuity is lost: nothing of what is held goes to anyone. */
  reset(position: string): void {
    this.base = this.flushed = this.end
    this._entries = []
    this._bytes = this.pendingBytes = 0
    this.position = position
  }

  /** Live readers were given all before `to`. `keep` is whether others may still need some of it. */
  trim(to: number, keep: boolean): void {
    for (; this.flushed < to; this.flushed++) {
      this.pendingBytes -= this._entries[this.flushed - this.base]!.wire.byteLength
    }
    const allowed = keep ? this._maxBytes : 0
    let count = 0
    while (this.base + count < this.flushed && this._bytes > allowed) {
      this._bytes -= this._entries[count++]!.wire.byteLength
    }
    this._entries.splice(0, count)
    this.base += count
  }
}
