import type { EventMessage } from 'eventwire/encoder'

/** An event with its id and its place in the stream. */
export interface LogEntry {
  readonly number: number
  readonly id: string
  readonly message: EventMessage
}

/** Where a reader goes on: at `next`; with `gap` where events between are gone, or its id was never given. */
export interface Place {
  readonly next: number
  readonly gap?: 'trimmed' | 'unknown'
}

/**
 * Events in order, the newest `limit` of them. Numbers count from 1 and are never given twice. Owned by the
 * server that appends; any number of readers may read and wait.
 */
export class EventLog {
  private readonly _limit: number
  private readonly _prefix: string
  private readonly _entries: LogEntry[] = []
  private readonly _numberOf = new Map<string, number>()
  private _waiting: (() => void)[] = []
  private _ended = false
  private _last = 0
  private _head = 0

  /** `prefix` stands before the ids that the log gives, so that those of an earlier process are known as foreign. */
  constructor({ limit = Infinity, prefix = '' }: { limit?: number; prefix?: string } = {}) {
    this._limit = limit
    this._prefix = prefix
  }

  get last(): number {
    return this._last
  }

  get ended(): boolean {
    return this._ended
  }

  /** Adds an event. It keeps its id unless another event of the log has it. */
  append(message: EventMessage): LogEntry {
    const number = ++this._last
    const own = message.id === undefined ? '' : String(message.id)
    let id = own === '' || this._numberOf.has(own) ? `${this._prefix}${number}` : own
    while (this._numberOf.has(id)) id += "'"
    const entry = { number, id, message: { ...message, id } }
    this._entries.push(entry)
    this._numberOf.set(id, number)
    if (this._entries.length - this._head > this._limit) this._drop(1)
    this._wake()
    return entry
  }

  /** Forgets all but the newest `keep` events. */
  trim(keep: number): void {
    this._drop(Math.max(0, this._entries.length - this._head - keep))
  }

  end(): void {
    this._ended = true
    this._wake()
  }

  /** The entry of that number, where it is still there. */
  at(number: number): LogEntry | undefined {
    return number < this.first ? undefined : this._entries[this._head + number - this.first]
  }

  /** The number of the oldest event that is there; one above the last where there is none. */
  get first(): number {
    return this._entries[this._head]?.number ?? this._last + 1
  }

  /** Where the reader that asks with `lastEventId` goes on. */
  placeOf(lastEventId: string): Place {
    if (lastEventId === '') return { next: this.first }
    const number = this._numberOf.get(lastEventId)
    if (number !== undefined) return { next: number + 1 }
    const old = this._prefix !== '' && lastEventId.startsWith(this._prefix)
    const trimmed = this._prefix === '' ? Number(lastEventId) > 0 && Number(lastEventId) <= this._last : old
    // What comes next for it is still there where only its own event is gone.
    if (trimmed && Number(lastEventId.slice(this._prefix.length)) + 1 === this.first) return { next: this.first }
    return { next: this.first, gap: trimmed ? 'trimmed' : 'unknown' }
  }

  /** Resolves at the next event or at the end, or when `signal` aborts; after the end only then. */
  more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', left)
        resolve()
      }
      const left = (): void => {
        this._waiting = this._waiting.filter((each) => each !== done)
        resolve()
      }
      if (signal.aborted) return resolve()
      signal.addEventListener('abort', left, { once: true })
      this._waiting.push(done)
    })
  }

  private _drop(count: number): void {
    for (let left = count; left > 0; left--) this._numberOf.delete(this._entries[this._head++]!.id)
    // Moved now and then only: a splice for each event would cost the length of the log.
    if (this._head <= 1024 || this._head * 2 <= this._entries.length) return
    this._entries.splice(0, this._head)
    this._head = 0
  }

  private _wake(): void {
    const waiting = this._waiting
    this._waiting = []
    for (const done of waiting) done()
  }
}
