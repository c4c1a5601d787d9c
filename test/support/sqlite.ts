import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SqliteDatabase } from '../../src/sqlite/database.js'

export interface OpenDatabase extends SqliteDatabase {
  close(): void
}

/** The folder of what is large. `npm ci --prefix test/runtimes` installs it. */
export const RUNTIMES: string = fileURLToPath(new URL('../runtimes/package.json', import.meta.url))

type Opener = (path: string) => OpenDatabase

function libraries(): [string, Opener][] {
  const found: [string, Opener][] = []
  const builtin = process.getBuiltinModule('node:sqlite') as
    | { DatabaseSync: new (path: string) => OpenDatabase }
    | undefined
  if (builtin) found.push(['node:sqlite', (path) => new builtin.DatabaseSync(path)])
  // What is built for a newer Node brings an older one down when it is loaded.
  if (builtin) {
    try {
      const Better = createRequire(RUNTIMES)('better-sqlite3') as new (path: string) => OpenDatabase
      found.push(['better-sqlite3', (path) => new Better(path)])
    } catch {
      // test/runtimes is not installed.
    }
  }
  return found
}

/** The libraries that are there. Node 20 has none of its own. */
export const OPENERS: ReadonlyMap<string, Opener> = new Map(libraries())

const BUN = join(dirname(RUNTIMES), 'node_modules/.bin/bun')

/** What runs a program that opens a database with each library; that of Bun is for other processes alone. */
export const RUNNERS: ReadonlyMap<string, string> = new Map([
  ...[...OPENERS.keys()].map((kind): [string, string] => [kind, process.execPath]),
  ...(existsSync(BUN) ? [['bun:sqlite', BUN] as [string, string]] : []),
])

/** The part of such a program that opens a file: `openDatabase(kind, runtimes, file)`, with `RUNTIMES`. */
export const OPEN_DATABASE = `
const openDatabase = async (kind, runtimes, file) => {
  const { createRequire } = await import('node:module')
  const Database =
    kind === 'node:sqlite' ? process.getBuiltinModule('node:sqlite').DatabaseSync
    : kind === 'bun:sqlite' ? (await import('bun:sqlite')).Database
    : createRequire(runtimes)('better-sqlite3')
  const database = new Database(file)
  // Several processes may open a new file at once.
  database.exec('PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL')
  return database
}
`

/** A file in a folder of its own. */
export function scratchFile(): { path: string; folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'eventwire-sqlite-'))
  return { path: join(folder, 'events.db'), folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export function openWal(open: Opener, path: string): OpenDatabase {
  const database = open(path)
  database.exec('PRAGMA journal_mode = WAL')
  return database
}
