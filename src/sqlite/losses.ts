/** The topic of events that are for everyone, among the topics that lost events. */
const EVERYONE = ''
/** All topics: what is remembered of those that lost events long ago. */
export const ALL = '*'

/**
 * Up to where each topic has lost events to trimming. A reader of other topics keeps its place. Bounded: beyond `most`
 * topics, the half that lost nothing lately becomes one loss for all.
 */
export class Losses {
  private readonly _most: number
  /** The sequence of the newest event lost, by the name in the file. */
  private readonly _newest: Map<string, number>
  private _changed = new Set<string>()

  constructor(most: number, newest: Iterable<readonly [string, number]> = []) {
    this._most = most
    this._newest = new Map(newest)
  }

  add(topic: string | null, sequence: number): void {
    const name = topic === null ? EVERYONE : `/${topic}`
    this._set(name, sequence)
    if (this._newest.size > this._most) this._merge()
  }

  /** The newest event lost that was for a reader of these topics; 0 where there is none. `undefined`: of all. */
  of(topics: ReadonlySet<string> | undefined): number {
    let newest = 0
    if (!topics) {
      for (const sequence of this._newest.values()) newest = Math.max(newest, sequence)
      return newest
    }
    newest = Math.max(this._newest.get(EVERYONE) ?? 0, this._newest.get(ALL) ?? 0)
    for (const topic of topics) newest = Math.max(newest, this._newest.get(`/${topic}`) ?? 0)
    return newest
  }

  /** The names that changed since the last call. */
  takeChanged(): Iterable<string> {
    const changed = this._changed
    this._changed = new Set()
    return changed
  }

  get(name: string): number | undefined {
    return this._newest.get(name)
  }

  private _merge(): void {
    const oldestFirst = [...this._newest]
    oldestFirst.sort(([, a], [, b]) => a - b)
    let all = 0
    for (const [name, sequence] of oldestFirst.slice(0, Math.ceil(oldestFirst.length / 2))) {
      if (name === EVERYONE) continue
      this._newest.delete(name)
      this._changed.add(name)
      all = sequence
    }
    if (all > 0) this._set(ALL, all)
  }

  private _set(name: string, sequence: number): void {
    this._newest.set(name, Math.max(sequence, this._newest.get(name) ?? 0))
    this._changed.add(name)
  }
}
