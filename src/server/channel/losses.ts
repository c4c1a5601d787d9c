/** Topics remembered for each event the history may hold. */
const TOPICS_PER_EVENT = 10

/** Where the history itself has no bound. */
const MOST_TOPICS = 100_000

/**
 * What a history has let go: the last event of each topic, so that readers of other topics are told of no gap. The
 * memory of it is bounded: the oldest of very many become one floor for all topics.
 */
export class Losses<Place> {
  private readonly _most: number
  private readonly _compare: (a: Place, b: Place) => number
  private readonly _topics = new Map<string, Place>()
  /** The last of those without a topic, and of the topics that are not remembered any more. */
  private _floor: Place
  private _last: Place

  /**
   * @param size Events that the history may hold.
   * @param start The place that everything follows.
   */
  constructor(size: number, start: Place, compare: (a: Place, b: Place) => number) {
    this._most = Math.min(size * TOPICS_PER_EVENT, MOST_TOPICS)
    this._floor = this._last = start
    this._compare = compare
  }

  add(topic: string | undefined, place: Place): void {
    this._last = this._later(this._last, place)
    if (topic === undefined) return this._raise(place)
    // Those of one topic are lost in their order.
    this._topics.set(topic, place)
    this._changed(topic, place)
    if (this._topics.size > this._most) this._forget()
  }

  /** The last event lost that was for a reader of these topics; of all, where none are given. */
  last(topics?: ReadonlySet<string>): Place {
    if (!topics) return this._last
    let last = this._floor
    // Along the smaller of the two: a reader may have very many topics.
    for (const topic of topics.size <= this._topics.size ? topics : this._topics.keys()) {
      if (topics.has(topic)) last = this._later(last, this._topics.get(topic))
    }
    return last
  }

  /**
   * Called when what is remembered changes, the floor or a topic, for owners that keep a copy. Without a `place` it is
   * forgotten.
   */
  protected _changed(_topic: string | undefined, _place: Place | undefined): void {}

  /** A tenth at once, so that it costs little for each of them. */
  private _forget(): void {
    const oldest = [...this._topics]
    oldest.sort(([, a], [, b]) => this._compare(a, b))
    for (const [topic, place] of oldest.slice(0, Math.ceil(this._most / TOPICS_PER_EVENT))) {
      this._topics.delete(topic)
      this._changed(topic, undefined)
      this._raise(place)
    }
  }

  private _raise(place: Place): void {
    if (this._compare(place, this._floor) <= 0) return
    this._floor = place
    this._changed(undefined, place)
  }

  private _later(a: Place, b: Place | undefined): Place {
    return b !== undefined && this._compare(b, a) > 0 ? b : a
  }
}
