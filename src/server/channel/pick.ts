import type { Entry } from './entry.js'
import { atOnce } from '../async.js'
import { messageOf } from './message.js'
import type { Chunk } from './hub-acts.js'
import type { HubHooks } from './hub-options.js'
import type { Reader } from './reader.js'

/** What of some entries is for one reader: at least one. Readers that get the same share it. */
export interface Picked extends Chunk {
  readonly entries: readonly Entry[]
}

/** Chunks made before, by their first entry. */
export type PickCache = Map<Entry, Picked>

export type Pick = (reader: Reader, entries: readonly Entry[], cache: PickCache) => Picked | undefined

/**
 * Topics and filter, in the one place that both live and replayed events pass.
 *
 * The result throws what the filter throws.
 */
export function createPick(hooks: HubHooks, compare: (a: string, b: string) => number): Pick {
  const topicsOf = (reader: Reader, id: string): ReadonlySet<string> | undefined => {
    const earlier = reader.earlier?.find(({ until }) => compare(id, until) <= 0)
    return earlier ? earlier.topics : reader.topics
  }

  const isFor = (reader: Reader, entry: Entry): boolean => {
    const topics = topicsOf(reader, entry.id)
    if (topics && entry.topic !== undefined && !topics.has(entry.topic)) return false
    return !hooks.filter || Boolean(atOnce('filter', hooks.filter(messageOf(entry), reader.context)))
  }

  return (reader, all, cache) => {
    const entries = hooks.filter || reader.topics || reader.earlier ? all.filter((entry) => isFor(reader, entry)) : all
    const first = entries[0]
    if (!first) return undefined
    let picked = cache.get(first)
    if (!picked || !isSame(picked.entries, entries)) {
      picked = { entries, events: entries.length, wire: entries.length === 1 ? first.wire : join(entries) }
      cache.set(first, picked)
    }
    return picked
  }
}

function isSame(a: readonly Entry[], b: readonly Entry[]): boolean {
  return a === b || (a.length === b.length && a.every((entry, index) => entry === b[index]))
}

export function join(entries: readonly Entry[]): Uint8Array {
  let length = 0
  for (const { wire } of entries) length += wire.byteLength
  // As in `toBytes`: sockets take a `Buffer` as it is.
  const whole = typeof Buffer === 'function' ? Buffer.allocUnsafe(length) : new Uint8Array(length)
  let offset = 0
  for (const { wire } of entries) {
    whole.set(wire, offset)
    offset += wire.byteLength
  }
  return whole
}
