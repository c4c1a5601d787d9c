import type { Entry } from './entry.js'

/** What one flush writes, sorted by topic once, so that no reader is asked about the events of all others. */
export class Batch {
  readonly entries: readonly Entry[]
  /** The number of the first one in the log. */
  readonly start: number
  private readonly _groups = new Map<string | undefined, Entry[]>()
  private readonly _places = new Map<Entry, number>()

  constructor(entries: readonly Entry[], start: number) {
    this.entries = entries
    this.start = start
    for (const [place, entry] of entries.entries()) {
      const group = this._groups.get(entry.topic)
      if (group) group.push(entry)
      else this._groups.set(entry.topic, [entry])
      this._places.set(entry, place)
    }
  }

  get end(): number {
    return this.start + this.entries.length
  }

  /** The topics of all of them; `undefined` where one has none, and is for everybody. */
  get topics(): Iterable<string> | undefined {
    return this._groups.has(undefined) ? undefined : (this._groups.keys() as Iterable<string>)
  }

  /** Those from `next` on that are for these topics, in order. Readers of the same one topic are given the same list. */
  of(topics: ReadonlySet<string> | undefined, next: number): readonly Entry[] {
    const skip = Math.max(0, next - this.start)
    const found = topics ? this._find(topics) : this.entries
    return skip === 0 ? found : found.filter((entry) => this._places.get(entry)! >= skip)
  }

  private _find(topics: ReadonlySet<string>): readonly Entry[] {
    const lists: Entry[][] = []
    const open = this._groups.get(undefined)
    if (open) lists.push(open)
    // The smaller of the two: a reader may have very many topics.
    if (topics.size < this._groups.size) {
      for (const topic of topics) lists.push(this._groups.get(topic) ?? [])
    } else {
      for (const [topic, group] of this._groups) if (topic !== undefined && topics.has(topic)) lists.push(group)
    }
    const full = lists.filter(({ length }) => length > 0)
    if (full.length <= 1) return full[0] ?? []
    const merged = full.flat()
    merged.sort((a, b) => this._places.get(a)! - this._places.get(b)!)
    return merged
  }
}
