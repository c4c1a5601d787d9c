/** Topics remembered for each event the history may hold. */
const TOPICS_PER_EVENT = 10

/** Where the history itself has no bound. */
const MOST_TOPICS = 100_000

export interface LossesOptions<Place> {
  /** Events that the history may hold. */
  readonly size: number
  /** The place that everything follows. */
  readonly start: Place
  compare(a: Place, b: Place): number
  /** Told of each change, for a copy on disk. A `topic` that is `undefined` is the floor; a topic without a place is forgotten. */
  onChange?(topic: string | undefined, place: Place | undefined): void
}

/**
 * What a history has let go: the last event of each topic, so that readers of other topics are told of no gap. The
 * memory of it is bounded: the oldest of very many become one floor for all topics.
 */
export class Losses<Place> {
  private readonly _most: number
  private readonly _options: LossesOptions<Place>
  private readonly _topics = new Map<string, Place>()
  /** The last of those without a topic, and of the topics that are not remembered any more. */
  private _floor: Place
  private _last: Place

  constructor(options: LossesOptions<Place>) {
    this._options = options
    this._most = Math.min(options.size * TOPICS_PER_EVENT, MOST_TOPICS)
    this._floor = this._last = options.start
  }

  add(topic: string | undefined, place: Place): void {
    this._last = this._later(this._last, place)
    if (topic === undefined) return this._raise(place)
    // Those of one topic are lost in their order.
    this._topics.set(topic, place)
    this._options.onChange?.(topic, place)
    if (this._topics.size > this._most) this._forget()
  }

  /** The last event lost that was for a reader of these topics; of all, where none are given. */
  last(topics?: ReadonlySet<string>): Place {
    if (!topics) return this._last
    let last = this._floor
    // The smaller of the two: a reader may have very many topics.
    if (topics.size <= this._topics.size) {
      for (const topic of topics) last = this._later(last, this._topics.get(topic))
    } else {
      for (const [topic, place] of this._topics) if (topics.has(topic)) last = this._later(last, place)
    }
    return last
  }

  /** A tenth at once, so that it costs little for each of them. */
  private _forget(): void {
    const oldest = [...this._topics]
    oldest.sort(([, a], [, b]) => this._options.compare(a, b))
    oldest.length = Math.max(1, Math.floor(this._most / TOPICS_PER_EVENT))
    for (const [topic, place] of oldest) {
      this._topics.delete(topic)
      this._options.onChange?.(topic, undefined)
      this._raise(place)
    }
  }

  private _raise(place: Place): void {
    if (this._options.compare(place, this._floor) <= 0) return
    this._floor = place
    this._options.onChange?.(undefined, place)
  }

  private _later(a: Place, b: Place | undefined): Place {
    return b !== undefined && this._options.compare(b, a) > 0 ? b : a
  }
}
