import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RUNNERS, scratchFile } from '../support/sqlite.js'
import { RunsProcesses } from '../support/runs/processes.js'
import { tellStories } from '../support/runs/stories.js'

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

  tellStories(() => processes)

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
