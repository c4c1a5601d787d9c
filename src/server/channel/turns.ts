import type { Scheduler } from './scheduler.js'

/*
 * Work for many readers, cut into turns of the event loop, so that nothing else has to wait for all of it.
 */

/** Visits all of a list, `slice` of them in each turn. The result visits the rest at once. */
export function walk<T>(
  list: Iterable<T>,
  { slice, scheduler, visit, done }: { slice: number; scheduler: Scheduler; visit(item: T): void; done?(): void },
): () => void {
  const rest = list[Symbol.iterator]()
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

/**
 * Spreads pieces of work over turns of the event loop, `perTurn` in each and in the order they come: while a process was
 * busy, many may have come at once. Gives a promise to wait for; `undefined` if the work may go on at once.
 */
export function createGate(scheduler: Scheduler, perTurn: number): () => Promise<void> | undefined {
  const waiting: (() => void)[] = []
  let count = 0
  const turn = (): void => {
    const next = waiting.splice(0, perTurn)
    count = next.length
    if (count > 0) scheduler.soon(turn)
    for (const goOn of next) goOn()
  }
  return () => {
    if (count === 0) scheduler.soon(turn)
    if (count++ < perTurn) return undefined
    return new Promise((resolve) => waiting.push(resolve))
  }
}

/** Milliseconds between goodbyes, where they are spread. */
const STEP = 20

export interface Drain<T> {
  readonly list: readonly T[]
  /** Milliseconds that it is spread over. */
  readonly over: number
  /** At most so many at once. */
  readonly slice: number
  readonly scheduler: Scheduler
  /** Comes before each part. */
  prepare(): void
  /** `left`: milliseconds to the end of it. */
  each(item: T, left: number): void
}

/** Does something to each of a list, spread over time. The result calls off the rest. */
export function drain<T>({ list, over, slice, scheduler, prepare, each }: Drain<T>): () => void {
  const began = scheduler.now()
  let count = 0
  let steps = 0
  let cancel = (): void => {}
  const step = (): void => {
    prepare()
    // Timers are late, but a clock may stand still.
    const passed = Math.max(scheduler.now() - began, STEP * steps++)
    const share = over > 0 ? Math.min(1, passed / over) : 1
    const until = Math.min(list.length * share, count + slice)
    while (count < until) each(list[count++]!, Math.max(0, over - passed))
    if (count < list.length) cancel = scheduler.later(step, Math.min(STEP, over))
  }
  step()
  return () => cancel()
}
