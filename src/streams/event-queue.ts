/** The owner of a queue: what it is asked and told. */
export interface QueueOwner<E> {
  /**
   * Called when nothing is left and a call of `next()` waits. Reads on, so that more is pushed. May be called while a
   * read is under way.
   */
  onEmpty(): void
  /** Work on the first item before it is delivered; gives false for an item that is left out. Never rejects. */
  prepare?: ((item: E) => Promise<boolean>) | undefined
  /** The first item has left the queue, delivered or left out. */
  onTaken?(item: E): void
}

interface Waiter<E> {
  resolve(result: IteratorResult<E, undefined>): void
  reject(error: unknown): void
}

/** Something to do between two items. */
class Note {
  readonly run: () => void
  constructor(run: () => void) {
    this.run = run
  }
}

/**
 * What was read and not delivered yet, and the calls of `next()` that wait for more. These calls may
 * overlap: they are answered in order, and the order of the items is kept, notes among them.
 *
 * One chunk is read at a time, so the queue never holds more than one chunk brings. It is emptied before the next chunk,
 * so one array serves all chunks, and a ring would never wrap.
 */
export class EventQueue<E> {
  private readonly _owner: QueueOwner<E>
  private readonly _items: (E | Note | undefined)[] = []
  private _head = 0
  private _tail = 0
  private _notes = 0
  /** Oldest first. */
  private readonly _waiters: Waiter<E>[] = []
  /** The first item is being prepared. */
  private _isPreparing = false
  private _isDone = false
  private _failure: { error: unknown } | undefined

  constructor(owner: QueueOwner<E>) {
    this._owner = owner
  }

  get isEmpty(): boolean {
    return this._head === this._tail
  }

  /** `serve()` delivers. */
  push(item: E): void {
    this._items[this._tail++] = item
  }

  /** Has `run` called when all before it was delivered and more is asked for; at once if nothing is there. It must not throw. */
  note(run: () => void): void {
    if (this.isEmpty) return run()
    this._notes++
    this._items[this._tail++] = new Note(run)
  }

  next(): Promise<IteratorResult<E, undefined>> {
    // Most items are there already: nothing to wait for.
    if (this._head < this._tail && !this._owner.prepare && !this._notes && !this._waiters.length) {
      return Promise.resolve({ done: false, value: this._take() })
    }
    return new Promise((resolve, reject) => {
      this._waiters.push({ resolve, reject })
      this.serve()
    })
  }

  /** Nothing more comes: what is there is still delivered, then `failure` is thrown, once. */
  end(failure?: { error: unknown }): void {
    this._isDone = true
    this._failure = failure
    this.serve()
  }

  /** Throws away what is not delivered. */
  discard(): void {
    this._isPreparing = false
    this._items.length = this._head = this._tail = this._notes = 0
  }

  /** Answers calls with what is there, and has more read for those that are left. */
  serve(): void {
    const waiters = this._waiters
    while (waiters.length && !this._isPreparing) {
      if (this._head < this._tail) {
        // Most queues have none: to look at each item would cost as much as to deliver it.
        if (this._notes && this._runNote()) continue
        if (!this._owner.prepare) {
          waiters.shift()!.resolve({ done: false, value: this._take() })
          continue
        }
        // Before the owner is asked, which may end or empty the queue at once.
        this._isPreparing = true
        const item = this._items[this._head] as E
        void this._owner.prepare(item).then((isRight) => this._prepared(item, isRight))
      } else if (this._failure) {
        const { error } = this._failure
        this._failure = undefined
        waiters.shift()!.reject(error)
      } else if (this._isDone) {
        waiters.shift()!.resolve({ done: true, value: undefined })
      } else {
        return this._owner.onEmpty()
      }
    }
  }

  /** The first item, if it can be delivered at once. */
  takeNow(): E | undefined {
    return this._head < this._tail && !this._notes ? this._take() : undefined
  }

  private _runNote(): boolean {
    const item = this._items[this._head]
    if (!(item instanceof Note)) return false
    this._notes--
    this._shift()
    item.run()
    return true
  }

  private _prepared(item: E, isRight: boolean): void {
    // Else it was thrown away in the meantime.
    if (this._isPreparing && this._items[this._head] === item) {
      this._isPreparing = false
      const waiter = isRight ? this._waiters.shift() : undefined
      const value = this._take()
      waiter?.resolve({ done: false, value })
    }
    this.serve()
  }

  private _take(): E {
    const item = this._items[this._head] as E
    this._shift()
    this._owner.onTaken?.(item)
    return item
  }

  private _shift(): void {
    this._items[this._head++] = undefined
    if (this._head === this._tail) this._head = this._tail = 0
  }
}
