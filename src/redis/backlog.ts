import type { HistoryLimits } from '../server/channel/transport.js'
import type { PageSize } from './page-size.js'
import { readEntries, sizeOf, type StoredEntry } from './stored-entry.js'
import { timeOf } from './stream-id.js'

export interface Backlog {
  /** Every entry between here and the position is in `entries`. */
  readonly start: string
  /** The newest first. */
  readonly entries: readonly StoredEntry[]
}

export interface BacklogOptions {
  readonly key: string
  readonly position: string
  readonly limits: HistoryLimits
  readonly page: PageSize
}

/**
 * What the stream holds up to `position`, as much of it as a process may hold: after a start, readers come
 * back by the thousands, and are then served without asking Redis for each.
 *
 * @param ask Runs a command.
 */
export async function loadBacklog(
  ask: (...args: string[]) => Promise<unknown>,
  { key, position, limits, page }: BacklogOptions,
): Promise<Backlog> {
  const oldest = Date.now() - limits.maxAge
  let scanned: StoredEntry[] = []
  let bytes = 0
  let from = position
  while (scanned.length < limits.size && bytes < limits.maxBytes) {
    const { count } = page
    const entries = readEntries(await ask('XREVRANGE', key, from, '-', 'COUNT', String(count)))
    // The position itself is gone, so that nothing is certain.
    if (scanned.length === 0 && entries[0]?.id !== position) break
    const size = sizeOf(entries)
    page.learn(entries.length, size)
    bytes += size
    const end = entries.findIndex((entry) => entry.mark === 'break' || timeOf(entry.id) < oldest)
    scanned = scanned.concat(end < 0 ? entries : entries.slice(0, end + 1))
    if (end >= 0 || entries.length < count) break
    from = `(${scanned.at(-1)!.id}`
  }
  const first = scanned.at(-1)
  return first ? { start: first.id, entries: scanned.slice(0, -1) } : { start: position, entries: [] }
}
