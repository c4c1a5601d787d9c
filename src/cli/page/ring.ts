/** The newest `limit` items. Numbers count from 0 and go on, whatever is dropped. */
export class Ring<T> {
  private readonly _limit: number
  private _items: T[] = []
  private _dropped = 0

  constructor(limit: number) {
    this._limit = limit
  }

  push(item: T): void {
    this._items.push(item)
    // Moved once for many: a shift for each item would cost the length of the list.
    if (this._items.length < this._limit * 2) return
    this._dropped += this._items.length - this._limit
    this._items = this._items.slice(-this._limit)
  }

  get last(): number {
    return this._dropped + this._items.length
  }

  get first(): number {
    return Math.max(this._dropped, this.last - this._limit)
  }

  at(number: number): T | undefined {
    return this._items[number - this._dropped]
  }

  clear(): void {
    this._dropped += this._items.length
    this._items = []
  }
}
