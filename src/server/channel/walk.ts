import type { Reader } from './reader.js'
import type { Scheduler } from './scheduler.js'

/** Readers visited in one turn of the event loop: some 20 ms, where each is written to. */
export const SLICE = 2000

/** Visits all readers, so many in each turn of the event loop. The result visits the rest at once. */
export function walk(
  readers: ReadonlySet<Reader>,
  scheduler: Scheduler,
  visit: (reader: Reader) => void,
  done?: () => void,
): () => void {
  const rest = readers.values()
  let isOver = false
  const go = (limit: number): void => {
    while (!isOver && limit-- > 0) {
      const { value, done: isLast } = rest.next()
      if (isLast) {
        isOver = true
        done?.()
      } else visit(value)
    }
    if (!isOver) scheduler.soon(() => go(SLICE))
  }
  go(SLICE)
  return () => go(Infinity)
}
