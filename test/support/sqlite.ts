import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SqliteDatabase } from '../../src/sqlite/database.js'

export interface OpenDatabase extends SqliteDatabase {
  close(): void
}

type Opener = (path: string) => OpenDatabase

function libraries(): [string, Opener][] {
  const found: [string, Opener][] = []
  const builtin = process.getBuiltinModule('node:sqlite') as
    | { DatabaseSync: new (path: string) => OpenDatabase }
    | undefined
  if (builtin) found.push(['node:sqlite', (path) => new builtin.DatabaseSync(path)])
  try {
    const Better = createRequire(import.meta.url)('better-sqlite3') as new (path: string) => OpenDatabase
    new Better(':memory:').close()
    found.push(['better-sqlite3', (path) => new Better(path)])
  } catch {
    // It is compiled at its installation, which takes minutes: used where it is there.
  }
  return found
}

/** The libraries that are there. Node 20 has none of its own. */
export const OPENERS: ReadonlyMap<string, Opener> = new Map(libraries())

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
