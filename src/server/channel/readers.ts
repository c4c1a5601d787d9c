import type { Reader } from './reader.js'

/** The readers of a channel, found by topic and by user. Each is in it from the moment it is let in until it is gone. */
export class Readers {
  private readonly _all = new Set<Reader>()
  /** Those without topics, which get everything. */
  private readonly _open = new Set<Reader>()
  private readonly _byTopic = new Map<string, Set<Reader>>()
  /** Those that are not on their way out. */
  private readonly _byUser = new Map<string, Set<Reader>>()

  get size(): number {
    return this._all.size
  }

  all(): ReadonlySet<Reader> {
    return this._all
  }

  /** All that an event of one of these topics is for. Who has several of them comes more than once. */
  *of(topics: Iterable<string>): IterableIterator<Reader> {
    yield* this._open
    for (const topic of topics) yield* this._byTopic.get(topic) ?? []
  }

  /** The oldest first. */
  ofUser(user: string): ReadonlySet<Reader> | undefined {
    return this._byUser.get(user)
  }

  add(reader: Reader): void {
    this._all.add(reader)
    this._enlist(reader)
    if (reader.user !== undefined) put(this._byUser, reader.user, reader)
  }

  remove(reader: Reader): void {
    this._all.delete(reader)
    this._strike(reader)
    this.dismiss(reader)
  }

  /** It does not count for its user any more. */
  dismiss(reader: Reader): void {
    if (reader.user !== undefined) take(this._byUser, reader.user, reader)
  }

  move(reader: Reader, topics: ReadonlySet<string>): void {
    this._strike(reader)
    reader.topics = topics
    if (this._all.has(reader)) this._enlist(reader)
  }

  private _enlist(reader: Reader): void {
    if (!reader.topics) return void this._open.add(reader)
    for (const topic of reader.topics) put(this._byTopic, topic, reader)
  }

  private _strike(reader: Reader): void {
    this._open.delete(reader)
    for (const topic of reader.topics ?? []) take(this._byTopic, topic, reader)
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
