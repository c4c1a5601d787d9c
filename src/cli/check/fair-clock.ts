const TICK_MS = 20
/** A tick that comes later than this was not the server's fault. */
const MOST_MS = 60

/**
 * Time in which this process ran. While it is stopped, or waits for a busy processor, the time stands still: what a
 * server did then is not seen late because of us. The code that made it owns it, and closes it.
 */
export class FairClock {
  private _passed = 0
  private _tickAt = performance.now()
  private readonly _timer = setInterval(() => this._tick(), TICK_MS)
  private readonly _waiting = new Set<() => void>()

  /** Milliseconds since the clock was made. */
  get now(): number {
    return this._passed + Math.min(MOST_MS, performance.now() - this._tickAt)
  }

  /** Calls `listener` after `ms`, once. Returns what takes it back. */
  after(ms: number, listener: () => void): () => void {
    const due = this.now + ms
    const look = (): void => {
      if (this._passed < due) return
      this._waiting.delete(look)
      listener()
    }
    this._waiting.add(look)
    return () => this._waiting.delete(look)
  }

  close(): void {
    clearInterval(this._timer)
    this._waiting.clear()
  }

  private _tick(): void {
    const now = performance.now()
    this._passed += Math.min(MOST_MS, now - this._tickAt)
    this._tickAt = now
    // Bytes that lie in the sockets are read first.
    setImmediate(() => this._waiting.forEach((look) => look()))
  }
}
