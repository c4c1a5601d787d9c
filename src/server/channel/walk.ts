import type { Reader } from './reader.js'
import type { Scheduler } from './scheduler.js'

/** Visits all readers, `slice` of them in each turn of the event loop. The result visits the rest at once. */
export function walk(
  readers: ReadonlySet<Reader>,
  slice: number,
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
    if (!isOver) scheduler.soon(() => go(slice))
  }
  go(slice)
  return () => go(Infinity)
}
