/** A head that lies in the socket takes more than one turn to come out of `fetch`. */
const TURNS = 3

function later(run: () => void, turns = TURNS): void {
  const { setImmediate } = globalThis as { setImmediate?: (run: () => void) => void }
  const next = (): void => (turns > 1 ? later(run, turns - 1) : run())
  if (setImmediate) setImmediate(next)
  else setTimeout(next)
}

/**
 * Calls `onTime` after `ms` milliseconds, and one turn of I/O: a process that was blocked, stopped or asleep when a timer fell
 * due finds what lies in its sockets first.
 *
 * @returns stops it, at any time
 */
export function afterTurn(ms: number, onTime: () => void): () => void {
  let isStopped = false
  const timer = setTimeout(() => later(() => isStopped || onTime()), ms)
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
