import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RUNNERS, scratchFile } from '../support/sqlite.js'
import { RunsProcesses } from '../support/runs/processes.js'

/** Waves of ten runs. `EVENTWIRE_WAVES=20` for 200 runs. */
const WAVES = Number(process.env['EVENTWIRE_WAVES'] ?? 5)

describe.each([...RUNNERS])('sqliteRuns over %s', (kind, runner) => {
  const file = scratchFile()
  let processes: RunsProcesses
  beforeAll(async () => {
    processes = await RunsProcesses.start({ kind, runner, place: file.path })
  }, 60_000)
  afterAll(async () => {
    await processes.end()
    file.remove()
  })

  it('over three processes, one of which is killed in each wave: all events once and in order, then the end or `lost`', async () => {
    // A proof in which nobody dies proves nothing.
    expect(await processes.playWaves(WAVES)).toBeGreaterThan(0)
  }, 240_000)

  it('of three processes that start at once exactly one wins', () => processes.startAtOnce(10), 120_000)

  it('a stop from another process aborts the source within 250 ms', () => processes.stopFromElsewhere(), 240_000)

  it('a file that stays locked in the middle: the run fails, and readers are told in each process', async () => {
    for (const had of await processes.breakStore(() => processes.block())) expect(had).toMatch(/^(failed|lost)$/)
  }, 120_000)

  it('each process ends by itself after close()', () => processes.close(), 60_000)
})

if (RUNNERS.size === 0) {
  it('is proved where there is a SQLite', () => {
    expect(process.getBuiltinModule('node:sqlite')).toBeUndefined()
  })
}
