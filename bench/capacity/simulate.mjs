const STEP = 100

/**
 * Readers whose process went away at moment 0, and who come back after the `retry` they were told. Each is told
 * a time from `[retry * (1 - jitter), retry]`; the network adds up to 200 ms. Gives arrivals in each 100 ms, and
 * how long the last in the queue waits where `perSecond` are let in.
 */
export function simulate({ readers, retry, jitter, perSecond, random }) {
  const arrivals = Array.from({ length: Math.ceil((retry + 200) / STEP) + 1 }, () => 0)
  for (let index = 0; index < readers; index++) {
    const told = retry * (1 - jitter * random())
    const at = Math.floor((told + 200 * random()) / STEP)
    arrivals[Math.min(at, arrivals.length - 1)] += 1
  }
  let waiting = 0
  let longest = 0
  for (const count of arrivals) {
    waiting = Math.max(0, waiting + count - (perSecond * STEP) / 1000)
    longest = Math.max(longest, waiting)
  }
  return { arrivals, peak: (Math.max(...arrivals) * 1000) / STEP, queue: longest, wait: longest / perSecond }
}

/** Mulberry32: the same numbers at each run. */
export function seeded(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
