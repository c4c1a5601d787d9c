import type { Scheduler } from './scheduler.js'

/** Newcomers let through in one turn of the event loop: some milliseconds of work. */
const PER_TURN = 64

/**
 * Spreads newcomers over turns, in the order they came, because all that came while the process was
 * busy come in one. Gives what to wait for; nothing where one may go on at once.
 */
export function createGate(scheduler: Scheduler): () => Promise<void> | undefined {
  const waiting: (() => void)[] = []
  let count = 0
  const turn = (): void => {
    const next = waiting.splice(0, PER_TURN)
    count = next.length
    if (count > 0) scheduler.soon(turn)
    for (const goOn of next) goOn()
  }
  return () => {
    if (count === 0) scheduler.soon(turn)
    if (count++ < PER_TURN) return undefined
    return new Promise((resolve) => waiting.push(resolve))
  }
}
