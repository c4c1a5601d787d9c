// Times candidates against each other: they take turns within one process, every sample gets fresh
// input, and a median with its quartiles stands for all rounds.

/** Slower than the fastest by this factor: measured in every fourth round only, so that the rest get their turns. */
const SLOW = 12

/** Milliseconds for one sample after which a candidate has shown what it is: one sample has to do. */
const ENOUGH = 1000

/** Samples to warm up with, however long they take. */
const LEAST = 2

/**
 * `candidates`: `{ name, run(input) }`; `run` returns a checksum, or a promise of one, and must have read what it produced.
 * `warmUp`: milliseconds for each.
 * One with `unavailable` (why it cannot run) is passed over. `prepare(candidate)` makes the input of one sample, outside the clock.
 */
export async function measure(candidates, prepare, { rounds, warmUp }) {
  const entries = candidates.map((candidate) => ({
    candidate,
    samples: [],
    checksum: undefined,
    failed: candidate.unavailable,
  }))

  async function sample(entry) {
    if (entry.failed || entry.samples[0] > ENOUGH) return
    const { candidate } = entry
    const input = prepare(candidate)
    // A full collection would throw away what the engine has compiled for the closures of the sample before.
    globalThis.gc?.({ type: 'minor' })
    try {
      const started = performance.now()
      let checksum = candidate.run(input)
      if (typeof checksum === 'object') checksum = await checksum
      entry.samples.push(performance.now() - started)
      entry.checksum = checksum
    } catch (error) {
      entry.failed = String(error?.message ?? error).split('\n')[0]
    }
  }

  // By time, not by rounds: small samples of a fast candidate need many until the engine is done with it.
  let isCold = true
  while (isCold) {
    isCold = false
    for (const entry of entries) {
      const spent = entry.samples.reduce((sum, ms) => sum + ms, 0)
      if (entry.failed || (entry.samples.length >= LEAST && spent >= warmUp)) continue
      await sample(entry)
      isCold ||= entry.samples[0] <= ENOUGH
    }
  }
  const fastest = Math.min(...entries.filter((entry) => !entry.failed).map((entry) => median(entry.samples)))
  for (const entry of entries) {
    entry.every = median(entry.samples) > fastest * SLOW ? 4 : 1
    if (!(entry.samples[0] > ENOUGH)) entry.samples = []
  }
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < entries.length; turn++) {
      // Each goes first in its turn: a neighbour may leave caches and heap in another state.
      const entry = entries[(turn + round) % entries.length]
      if (round % entry.every === 0) await sample(entry)
    }
  }
  return entries.map(({ candidate, samples, checksum, failed }) => ({
    name: candidate.name,
    ...(failed ? { failed } : { ...summary(samples), checksum }),
  }))
}

/** Milliseconds: the median, and the quartiles as the spread. */
export function summary(samples) {
  const sorted = samples.toSorted((a, b) => a - b)
  const at = (share) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))])
  return { median: round(median(samples)), low: at(0.25), high: at(0.75), rounds: samples.length }
}

export function median(samples) {
  const sorted = samples.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export const geometricMean = (ratios) =>
  Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length)

const round = (ms) => Number(ms.toPrecision(4))

/** Reads characters, not only lengths: a rope that nobody reads is never paid for. */
export function touch(text) {
  const { length } = text
  return length === 0 ? 1 : length + text.charCodeAt(length - 1) + text.charCodeAt(length >> 1)
}
