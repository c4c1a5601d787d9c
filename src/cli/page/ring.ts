/** The newest `limit` items. Numbers count from 0 and go on, whatever is dropped. */
export class Ring<T> {
  readonly #limit: number
  #items: T[] = []
  #dropped = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  push(item: T): void {
    this.#items.push(item)
    // Moved once for many: a shift for each item would cost the length of the list.
    if (this.#items.length < this.#limit * 2) return
    this.#dropped += this.#items.length - this.#limit
    this.#items = this.#items.slice(-this.#limit)
  }

  get last(): number {
    return this.#dropped + this.#items.length
  }

  get first(): number {
    return Math.max(this.#dropped, this.last - this.#limit)
  }

  at(number: number): T | undefined {
    return this.#items[number - this.#dropped]
  }

  clear(): void {
    this.#dropped += this.#items.length
    this.#items = []
  }
}
