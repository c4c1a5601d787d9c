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
  readonly #limit: number
  readonly #prefix: string
  readonly #entries: LogEntry[] = []
  readonly #numberOf = new Map<string, number>()
  #waiting: (() => void)[] = []
  #ended = false
  #last = 0
  #head = 0

  /** `prefix` stands before the ids that the log gives, so that those of an earlier process are known as foreign. */
  constructor({ limit = Infinity, prefix = '' }: { limit?: number; prefix?: string } = {}) {
    this.#limit = limit
    this.#prefix = prefix
  }

  get last(): number {
    return this.#last
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Adds an event. It keeps its id unless another event of the log has it. */
  append(message: EventMessage): LogEntry {
    const number = ++this.#last
    const own = message.id === undefined ? '' : String(message.id)
    let id = own === '' || this.#numberOf.has(own) ? `${this.#prefix}${number}` : own
    while (this.#numberOf.has(id)) id += "'"
    const entry = { number, id, message: { ...message, id } }
    this.#entries.push(entry)
    this.#numberOf.set(id, number)
    if (this.#entries.length - this.#head > this.#limit) this.#drop(1)
    this.#wake()
    return entry
  }

  /** Forgets all but the newest `keep` events. */
  trim(keep: number): void {
    this.#drop(Math.max(0, this.#entries.length - this.#head - keep))
  }

  end(): void {
    this.#ended = true
    this.#wake()
  }

  /** The entry of that number, where it is still there. */
  at(number: number): LogEntry | undefined {
    return number < this.first ? undefined : this.#entries[this.#head + number - this.first]
  }

  /** The number of the oldest event that is there; one above the last where there is none. */
  get first(): number {
    return this.#entries[this.#head]?.number ?? this.#last + 1
  }

  /** Where the reader that asks with `lastEventId` goes on. */
  placeOf(lastEventId: string): Place {
    if (lastEventId === '') return { next: this.first }
    const number = this.#numberOf.get(lastEventId)
    if (number !== undefined) return { next: number + 1 }
    const old = this.#prefix !== '' && lastEventId.startsWith(this.#prefix)
    const trimmed = this.#prefix === '' ? Number(lastEventId) > 0 && Number(lastEventId) <= this.#last : old
    // What comes next for it is still there where only its own event is gone.
    if (trimmed && Number(lastEventId.slice(this.#prefix.length)) + 1 === this.first) return { next: this.first }
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
        this.#waiting = this.#waiting.filter((each) => each !== done)
        resolve()
      }
      if (signal.aborted) return resolve()
      signal.addEventListener('abort', left, { once: true })
      this.#waiting.push(done)
    })
  }

  #drop(count: number): void {
    for (let left = count; left > 0; left--) this.#numberOf.delete(this.#entries[this.#head++]!.id)
    // Moved now and then only: a splice for each event would cost the length of the log.
    if (this.#head <= 1024 || this.#head * 2 <= this.#entries.length) return
    this.#entries.splice(0, this.#head)
    this.#head = 0
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const done of waiting) done()
  }
}
