import type { Scheduler } from './scheduler.js'

/** Milliseconds between goodbyes, where they are spread. */
const STEP = 20

/**
 * Does something to each of a list, spread over `drain` milliseconds and at most `slice` at once.
 * `prepare` comes before each part. The result calls off the rest.
 */
export function spread<T>(
  list: readonly T[],
  drain: number,
  slice: number,
  scheduler: Scheduler,
  prepare: () => void,
  each: (item: T) => void,
): () => void {
  const began = scheduler.now()
  let count = 0
  let steps = 0
  let cancel = (): void => {}
  const step = (): void => {
    prepare()
    // Timers are late, but a clock may stand still.
    const passed = Math.max(scheduler.now() - began, STEP * steps++)
    const share = drain > 0 ? Math.min(1, passed / drain) : 1
    const until = Math.min(list.length * share, count + slice)
    while (count < until) each(list[count++]!)
    if (count < list.length) cancel = scheduler.later(step, Math.min(STEP, drain))
  }
  step()
  return () => cancel()
}
