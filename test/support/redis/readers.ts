import { connect } from '../../../src/client/connect.js'
import type { Connection } from '../../../src/client/types.js'
import { compareStreamIds } from '../../../src/redis/stream-id.js'

type Item = { kind: 'event'; id: string; name: string } | { kind: 'gap'; id: string; reason: string }

/** What was published: its id, where that is known, and a name that no other event has. */
export interface Published {
  readonly name: string
  readonly id: string
}

/** Reads a channel as a user's client would, and remembers what it was given. */
export class RecordingReader {
  readonly items: Item[] = []
  /** Where it began. */
  start = ''
  readonly #connection: Connection<Record<string, string>>
  readonly #wanted = new Map<string, { id: string; resolve: () => void }>()
  readonly #reading: Promise<void>

  constructor(url: string) {
    this.#connection = connect<Record<string, string>>(url, {
      backoff: { min: 20, max: 200 },
      retryHint: { min: 20, max: 200 },
    })
    this.#reading = this.#read()
  }

  get position(): string {
    return this.items.at(-1)?.id ?? this.start
  }

  /** Resolves when the reader has a place in the stream. */
  async ready(): Promise<void> {
    await this.#connection.opened
    while (this.#connection.lastEventId === '') await new Promise((resolve) => setTimeout(resolve, 5))
    this.start = this.#connection.lastEventId
  }

  /** Resolves when the event was received, or a gap was told of that covers it. */
  async reached({ name, id }: Published): Promise<void> {
    const isThere = (item: Item): boolean =>
      item.kind === 'event' ? item.name === name : compareStreamIds(item.id, id) >= 0
    if (!this.items.some(isThere)) await new Promise<void>((resolve) => this.#wanted.set(name, { id, resolve }))
  }

  async #read(): Promise<void> {
    for await (const { event, id, data } of this.#connection) {
      if (event === 'reset') {
        this.items.push({ kind: 'gap', id, reason: (JSON.parse(data) as { reason: string }).reason })
        for (const wanted of this.#wanted.values()) if (compareStreamIds(id, wanted.id) >= 0) wanted.resolve()
      } else {
        this.items.push({ kind: 'event', id, name: data })
        this.#wanted.get(data)?.resolve()
      }
    }
  }

  async close(): Promise<void> {
    await this.#connection.close()
    await this.#reading
  }

  get gaps(): string[] {
    return this.items.flatMap((item) => (item.kind === 'gap' ? [item.reason] : []))
  }

  /** What is wrong with what it was given: each event once and in order, or a gap that covers what is missing. */
  faults(published: readonly Published[]): string[] {
    const faults: string[] = []
    const names = new Set<string>()
    const gaps: [from: string, to: string][] = []
    let position = this.start
    for (const item of this.items) {
      const isAfter = compareStreamIds(item.id, position) > 0
      if (item.kind === 'gap' && compareStreamIds(item.id, position) < 0) {
        faults.push(`a gap at ${item.id}, before ${position}`)
      } else if (item.kind === 'gap') gaps.push([position, item.id])
      else if (names.has(item.name)) faults.push(`${item.name} twice`)
      else if (!isAfter) faults.push(`${item.name} (${item.id}) after ${position}`)
      if (item.kind === 'event') names.add(item.name)
      position = item.id
    }
    for (const { name, id } of published) {
      if (names.has(name) || compareStreamIds(id, this.start) <= 0) continue
      const isCovered = gaps.some(([from, to]) => compareStreamIds(id, from) > 0 && compareStreamIds(id, to) <= 0)
      if (!isCovered) faults.push(`${name} (${id}) missing`)
    }
    return faults
  }
}
