import type { Reader } from './reader.js'

/** The readers of a channel, found by topic and by user. Each is in it from the moment it is let in until it is gone. */
export class Readers {
  readonly #all = new Set<Reader>()
  /** Those without topics, which get everything. */
  readonly #open = new Set<Reader>()
  readonly #byTopic = new Map<string, Set<Reader>>()
  /** Those that are not on their way out. */
  readonly #byUser = new Map<string, Set<Reader>>()

  get size(): number {
    return this.#all.size
  }

  all(): ReadonlySet<Reader> {
    return this.#all
  }

  /** All that an event of one of these topics is for. Who has several of them comes more than once. */
  *of(topics: Iterable<string>): IterableIterator<Reader> {
    yield* this.#open
    for (const topic of topics) yield* this.#byTopic.get(topic) ?? []
  }

  /** The oldest first. */
  ofUser(user: string): ReadonlySet<Reader> | undefined {
    return this.#byUser.get(user)
  }

  add(reader: Reader): void {
    this.#all.add(reader)
    this.#enlist(reader)
    if (reader.user !== undefined) put(this.#byUser, reader.user, reader)
  }

  remove(reader: Reader): void {
    this.#all.delete(reader)
    this.#strike(reader)
    this.dismiss(reader)
  }

  /** It does not count for its user any more. */
  dismiss(reader: Reader): void {
    if (reader.user !== undefined) take(this.#byUser, reader.user, reader)
  }

  move(reader: Reader, topics: ReadonlySet<string>): void {
    this.#strike(reader)
    reader.topics = topics
    if (this.#all.has(reader)) this.#enlist(reader)
  }

  #enlist(reader: Reader): void {
    if (!reader.topics) return void this.#open.add(reader)
    for (const topic of reader.topics) put(this.#byTopic, topic, reader)
  }

  #strike(reader: Reader): void {
    this.#open.delete(reader)
    for (const topic of reader.topics ?? []) take(this.#byTopic, topic, reader)
  }
}

function put(map: Map<string, Set<Reader>>, key: string, reader: Reader): void {
  const set = map.get(key)
  if (set) set.add(reader)
  else map.set(key, new Set([reader]))
}

function take(map: Map<string, Set<Reader>>, key: string, reader: Reader): void {
  const set = map.get(key)
  if (set?.delete(reader) && set.size === 0) map.delete(key)
}
