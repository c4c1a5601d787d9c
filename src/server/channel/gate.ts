import type { Scheduler } from './scheduler.js'

/**
 * Spreads pieces of work over turns of the event loop, `perTurn` in each and in the order they come,
 * because the loop brings all at once that came while the process was busy. Gives what to wait for;
 * nothing where one may go on at once.
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
