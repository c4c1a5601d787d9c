import { afterEach, describe, expect, it } from 'vitest'
import { createRuns } from '../../../src/runs/create-runs.js'
import { OptionError } from '../../../src/errors/option-error.js'
import { sqliteRuns } from '../../../src/sqlite/sqlite-runs.js'
import { runStoreSuite } from '../../../src/testing/suites/runs/run-store-suite.js'
import { OPENERS, openWal, scratchFile, type OpenDatabase } from '../../support/sqlite.js'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (let close = closing.pop(); close; close = closing.pop()) await close()
})

it('sqliteRuns: refuses what is no database, and options that do not exist', () => {
  expect(() => sqliteRuns({} as never)).toThrow(OptionError)
  expect(() => sqliteRuns({ database: {} } as never)).toThrow(OptionError)
  expect(() => sqliteRuns({ database: { exec() {}, prepare: () => ({}) }, name: 'x' } as never)).toThrow(OptionError)
})

describe.each([...OPENERS])('sqliteRuns over %s', (_, open) => {
  const fileOf = (): (() => OpenDatabase) => {
    const scratch = scratchFile()
    closing.push(scratch.remove)
    return () => {
      const database = openWal(open, scratch.path)
      closing.push(() => database.close())
      return database
    }
  }

  describe('runStoreSuite', () => {
    const names = runStoreSuite({ open: () => sqliteRuns({ database: null as never }) }).cases.map(({ name }) => name)
    it.each(names)('%s', async (name) => {
      const openFile = fileOf()
      const adapter = {
        open: () => sqliteRuns({ database: openFile() }),
        another: () => sqliteRuns({ database: openFile() }),
      }
      await runStoreSuite(adapter, { timeout: 20_000 })
        .cases.find((each) => each.name === name)!
        .run()
    })
    it.each(names)('two stores on one handle: %s', async (name) => {
      const database = fileOf()()
      const openStore = (): ReturnType<typeof sqliteRuns> => sqliteRuns({ database })
      const suite = runStoreSuite({ open: openStore, another: openStore }, { timeout: 20_000 })
      await suite.cases.find((each) => each.name === name)!.run()
    })
  })

  it('a run is read, live and whole, over another connection, and stopped from there', async () => {
    const openFile = fileOf()
    const [here, there] = [openFile(), openFile()].map((database) => {
      const runs = createRuns({ store: sqliteRuns({ database }), onError() {} })
      closing.push(() => runs.close())
      return runs
    })
    const run = await here!.start('k', async function* ({ signal }) {
      yield { data: 'a\0b' }
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    })
    const response = await there!.fetch(new Request('http://localhost/'), 'k')
    let text = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const before = text
      text += chunk
      // The first message is there: a stop before it would leave nothing to read.
      if (!before.includes('data: a\0b\n') && text.includes('data: a\0b\n')) expect(await there!.stop('k')).toBe(true)
    }
    expect(await run.closed).toBe('stopped')
    expect(text).toContain('data: a\0b\n')
    expect(text).toContain('{"state":"stopped"}')
  })

  it('leaves no row of a run that was kept long enough', async () => {
    const database = fileOf()()
    const store = sqliteRuns({ database })
    closing.push(() => store.close())
    await store.claim('k', { token: 't', lease: 60_000, keep: 1 })
    await store.append('k', 't', 0, ['a'])
    await store.end('k', 't', 'done')
    const count = (table: string): number =>
      Number(((database.prepare(`SELECT count(*) AS n FROM ${table}`) as { get(): unknown }).get() as { n: number }).n)
    await expect
      .poll(() => [count('eventwire_runs'), count('eventwire_runs_records')], { timeout: 20_000 })
      .toEqual([0, 0])
  })

  it('waits for another process that writes', async () => {
    const openFile = fileOf()
    const [database, blocker] = [openFile(), openFile()]
    database.exec('PRAGMA busy_timeout = 0')
    const store = sqliteRuns({ database })
    closing.push(() => store.close())
    await store.claim('k', { token: 't', lease: 60_000, keep: 1000 })
    blocker.exec('BEGIN IMMEDIATE')
    const appending = store.append('k', 't', 0, ['a'])
    await new Promise((resolve) => setImmediate(resolve))
    blocker.exec('COMMIT')
    expect(await appending).toBe('running')
  })

  it('no statement scans a table', async () => {
    const database = fileOf()()
    const store = sqliteRuns({ database })
    await store.read('k', 0)
    store.close()
    const { runsSchemaOf } = await import('../../../src/sqlite/runs-schema.js')
    for (const sql of Object.values(runsSchemaOf('eventwire_runs').statements)) {
      const plan = (
        database.prepare(`EXPLAIN QUERY PLAN ${sql}`) as { all(...values: unknown[]): { detail: string }[] }
      ).all(...Array.from(sql.matchAll(/\?/g), () => 1))
      for (const { detail } of plan) expect(detail).not.toMatch(/^SCAN (?!\S+ USING (COVERING )?INDEX)/)
    }
  })
})
