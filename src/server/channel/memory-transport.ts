import { createEntry } from './entry.js'
import { History } from './history.js'
import type { HistoryLimits, Subscriber, Transport } from './transport.js'

const ID = /^([a-z0-9]+)-(0|[1-9]\d{0,15})$/

/**
 * Keeps the events of one process in its memory. Ids are `<epoch>-<sequence>`; the epoch is another
 * for each transport, so that a position from before a restart is known for what it is.
 *
 * @param limits What to hold for replays.
 * @param epoch Letters and digits.
 */
export function createMemoryTransport(limits: HistoryLimits, now: () => number, epoch: string): Transport {
  let subscriber: Subscriber | undefined
  let last = 0
  const idOf = (sequence: number): string => `${epoch}-${sequence}`
  const sequenceOf = (id: string): number => Number(id.slice(epoch.length + 1))
  const order = (a: string, b: string): number => sequenceOf(a) - sequenceOf(b)
  const history = new History(limits, { compare: order, now, start: idOf(0) })
  const isPlace = (id: string): boolean => {
    const parts = ID.exec(id)
    return parts?.[1] === epoch && Number(parts[2]) <= last
  }

  return {
    compare: (a, b) => (isPlace(a) && isPlace(b) ? order(a, b) : NaN),
    publish(message) {
      const first = message.key === undefined ? undefined : history.idOf(message.key)
      if (first !== undefined) return first
      const entry = createEntry(idOf(last + 1), message)
      last++
      history.push(entry)
      subscriber?.onEntry(entry)
      return entry.id
    },
    subscribe(to) {
      subscriber = to
      to.onReset(idOf(last))
    },
    has(id, topics) {
      const parts = ID.exec(id)
      if (!parts) return 'unknown'
      if (parts[1] !== epoch) return 'epoch'
      if (Number(parts[2]) > last) return 'unknown'
      return history.covers(id, topics) || 'expired'
    },
    range: (after, upTo, topics) => history.page(after, upTo, topics),
    close() {
      subscriber = undefined
    },
  }
}
