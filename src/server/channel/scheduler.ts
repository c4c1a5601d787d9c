/** Time and chance, as the channel uses them: the simulation in the tests puts its own in their place. */
export interface Scheduler {
  /** Milliseconds from some moment on. Never goes back. */
  now(): number
  /** From 0 to below 1. */
  random(): number
  /** Runs in the next turn of the event loop, after all that happens in this one. */
  soon(run: () => void): void
  /** Runs once, after `ms` milliseconds. The result calls it off. */
  later(run: () => void, ms: number): () => void
}

export const hostScheduler: Scheduler = {
  now: () => performance.now(),
  random: () => Math.random(),
  soon: (run) => void (typeof setImmediate === 'function' ? setImmediate(run) : setTimeout(run)),
  later(run, ms) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
