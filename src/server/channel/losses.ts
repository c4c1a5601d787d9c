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
  readonly #most: number
  readonly #topics = new Map<string, Loss>()
  /** The last of those without a topic, and of the topics that are not remembered any more. */
  #floor: Loss
  #last: Loss

  /** @param start The place that everything follows. */
  constructor(size: number, start: string) {
    this.#most = Math.min(size * TOPICS_PER_EVENT, MOST_TOPICS)
    this.#floor = this.#last = { id: start, serial: -1 }
  }

  add(topic: string | undefined, id: string, serial: number): void {
    const loss = { id, serial }
    if (serial > this.#last.serial) this.#last = loss
    if (topic === undefined) {
      if (serial > this.#floor.serial) this.#floor = loss
      return
    }
    this.#topics.set(topic, loss)
    if (this.#topics.size > this.#most) this.#forget()
  }

  /** The last event lost that was for a reader of these topics; of all, where none are given. */
  last(topics?: ReadonlySet<string>): string {
    if (!topics) return this.#last.id
    let last = this.#floor
    // Whichever is the smaller: a reader may have very many topics.
    if (topics.size <= this.#topics.size) {
      for (const topic of topics) last = later(last, this.#topics.get(topic))
    } else {
      for (const [topic, loss] of this.#topics) if (topics.has(topic)) last = later(last, loss)
    }
    return last.id
  }

  /** A tenth at once, so that it costs little for each of them. */
  #forget(): void {
    const oldest = [...this.#topics]
    oldest.sort(([, a], [, b]) => a.serial - b.serial)
    oldest.length = Math.max(1, Math.floor(this.#most / TOPICS_PER_EVENT))
    for (const [topic, loss] of oldest) {
      this.#topics.delete(topic)
      this.#floor = later(this.#floor, loss)
    }
  }
}

function later(a: Loss, b: Loss | undefined): Loss {
  return b && b.serial > a.serial ? b : a
}
