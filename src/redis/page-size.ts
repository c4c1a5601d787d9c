const FIRST = 64
const MOST = 1000

/** How many entries to ask for at a time. Redis counts entries, not bytes, so that this learns from the last reply. */
export class PageSize {
  private readonly _bytes: number
  count: number = FIRST

  /** @param bytes How large a reply should be. */
  constructor(bytes: number) {
    this._bytes = bytes
  }

  /** Takes note of a reply. */
  learn(entries: number, bytes: number): void {
    if (entries === 0) return
    this.count = Math.min(MOST, Math.max(1, Math.round((entries * this._bytes) / Math.max(1, bytes))))
  }
}
