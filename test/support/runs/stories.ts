import { expect, it } from 'vitest'
import type { RunsProcesses } from './processes.js'

/** Waves of ten runs. `EVENTWIRE_WAVES=20` for 200 runs. */
const WAVES = Number(process.env['EVENTWIRE_WAVES'] ?? 5)

/** The tests of runs in several processes that hold whatever the store is. `processes` is asked when a test begins. */
export function tellStories(processes: () => RunsProcesses): void {
  it('over three processes, one of which is killed in each wave: all events once and in order, then the end or `lost`', async () => {
    // A proof in which nobody dies proves nothing.
    expect(await processes().playWaves(WAVES)).toBeGreaterThan(0)
  }, 240_000)

  it('of three processes that start at once exactly one wins', () => processes().startAtOnce(10), 120_000)

  it('a stop from another process aborts the source within 250 ms', () => processes().stopFromElsewhere(), 240_000)
}
