// Holds sqliteHistory and sqliteRuns to their contracts over each library's handles: node:sqlite and better-sqlite3 on
// Node, bun:sqlite on Bun. Names of libraries as arguments choose some: node test/runtimes/sqlite.mjs bun:sqlite
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const modules = fileURLToPath(new URL('node_modules', import.meta.url))
const node = join(modules, 'node24/bin/node')
const RUNTIMES = { 'node:sqlite': node, 'better-sqlite3': node, 'bun:sqlite': join(modules, '.bin/bun') }

/** How the database of each library is opened. */
const LIBRARIES = {
  'node:sqlite': async () => (await import('node:sqlite')).DatabaseSync,
  'better-sqlite3': async () => createRequire(import.meta.url)('better-sqlite3'),
  'bun:sqlite': async () => (await import('bun:sqlite')).Database,
}

/** Runs both suites, and gives how many cases failed. */
async function holdToContracts(library) {
  const { sqliteHistory, sqliteRuns } = await import('../../dist/sqlite/index.js')
  const { runStoreSuite, transportSuite } = await import('../../dist/testing/index.js')
  const Database = await LIBRARIES[library]()
  const folder = mkdtempSync(join(tmpdir(), 'eventwire-handles-'))
  const databases = []
  const open = (path) => {
    const database = new Database(path)
    databases.push(database)
    database.exec('PRAGMA journal_mode = WAL')
    return database
  }
  let files = 0
  const fresh = () => join(folder, `${files++}.db`)

  const places = new WeakMap()
  const historyAt = (path, limits) => {
    const transport = sqliteHistory({ database: open(path) })
    transport.prepare(limits)
    places.set(transport, path)
    return transport
  }
  const timeout = 20_000
  const transports = transportSuite(
    {
      open: (limits) => historyAt(fresh(), limits),
      reopen: (transport, limits) => historyAt(places.get(transport), limits),
    },
    { timeout },
  )
  // Cases run one after the other here, each with keys of its own in one file.
  const runsFile = fresh()
  const openRuns = () => sqliteRuns({ database: open(runsFile) })
  const stores = runStoreSuite({ open: openRuns, another: openRuns }, { timeout })

  const count = { pass: 0, fail: 0, skip: 0 }
  for (const suite of [transports, stores]) {
    for await (const { status, name, message } of suite) {
      count[status]++
      if (status === 'fail') console.log(`FAILED ${library}: ${name}: ${message}`)
    }
  }
  for (const database of databases) database.close()
  rmSync(folder, { recursive: true, force: true })
  console.log(
    `${library}: ${count.pass} cases passed, ${count.fail} failed, ${count.skip} need abilities it does not claim`,
  )
  return count.fail
}

if (process.env.EVENTWIRE_HANDLES) {
  process.exitCode = (await holdToContracts(process.env.EVENTWIRE_HANDLES)) > 0 ? 1 : 0
} else {
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(RUNTIMES)
  for (const library of chosen) {
    const env = { ...process.env, EVENTWIRE_HANDLES: library }
    const options = { env, stdio: 'inherit', timeout: 240_000 }
    const { status } = spawnSync(RUNTIMES[library], [fileURLToPath(import.meta.url)], options)
    if (status !== 0) process.exitCode = 1
  }
}
