/** Topics remembered for each event the history may hold. */
const TOPICS_PER_EVENT = 10

/** Where the history itself has no bound. */
const MOST_TOPICS = 100_000

interface Loss {
  readonly id: string
  /** Of the event since the beginning: cheaper to compare than ids. */
  readonly serial: number
}

/**
 * What the history has let go: the last event of each topic, so that readers of other topics are told of no gap. The
 * memory of it is bounded: the oldest of very many become one floor for all topics.
 */
export class Losses {
  private readonly _most: number
  private readonly _topics = new Map<string, Loss>()
  /** The last of those without a topic, and of the topics that are not remembered any more. */
  private _floor: Loss
  private _last: Loss

  /** @param start The place that everything follows. */
  constructor(size: number, start: string) {
    this._most = Math.min(size * TOPICS_PER_EVENT, MOST_TOPICS)
    this._floor = this._last = { id: start, serial: -1 }
  }

  add(topic: string | undefined, id: string, serial: number): void {
    const loss = { id, serial }
    if (serial > this._last.serial) this._last = loss
    if (topic === undefined) {
      if (serial > this._floor.serial) this._floor = loss
      return
    }
    this._topics.set(topic, loss)
    if (this._topics.size > this._most) this._forget()
  }

  /** The last event lost that was for a reader of these topics; of all, where none are given. */
  last(topics?: ReadonlySet<string>): string {
    if (!topics) return this._last.id
    let last = this._floor
    // The smaller of the two: a reader may have very many topics.
    if (topics.size <= this._topics.size) {
      for (const topic of topics) last = later(last, this._topics.get(topic))
    } else {
      for (const [topic, loss] of this._topics) if (topics.has(topic)) last = later(last, loss)
    }
    return last.id
  }

  /** A tenth at once, so that it costs little for each of them. */
  private _forget(): void {
    const oldest = [...this._topics]
    oldest.sort(([, a], [, b]) => a.serial - b.serial)
    oldest.length = Math.max(1, Math.floor(this._most / TOPICS_PER_EVENT))
    for (const [topic, loss] of oldest) {
      this._topics.delete(topic)
      this._floor = later(this._floor, loss)
    }
  }
}

function later(a: Loss, b: Loss | undefined): Loss {
  return b && b.serial > a.serial ? b : a
}
