/**
 * The tables of runs, and the statements on them. Every statement goes along a key or an index, and never scans.
 *
 * Texts are kept as JSON, because libraries of SQLite cut a text at a NUL, and change half a surrogate pair.
 */
export function runsSchemaOf(name: string): { tables: string; statements: typeof statements } {
  const quoted = (suffix: string): string => `"${(name + suffix).replaceAll('"', '""')}"`
  const fill = (sql: string): string =>
    sql
      .replaceAll('$runs', quoted(''))
      .replaceAll('$records', quoted('_records'))
      .replaceAll('$byGone', quoted('_by_gone'))
  const filled = Object.entries(statements).map(([key, sql]) => [key, fill(sql)])
  return { tables: fill(TABLES), statements: Object.fromEntries(filled) as typeof statements }
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS $runs (
    run INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, token TEXT NOT NULL, state TEXT NOT NULL,
    count INTEGER NOT NULL, lease INTEGER NOT NULL, keep INTEGER NOT NULL, until INTEGER NOT NULL, gone INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS $byGone ON $runs (gone);
  CREATE TABLE IF NOT EXISTS $records (
    run INTEGER NOT NULL, n INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (run, n)
  ) WITHOUT ROWID;
`

const statements = {
  find: 'SELECT run, token, state, count, lease, keep, until, gone FROM $runs WHERE key = ?',
  add: "INSERT INTO $runs (key, token, state, count, lease, keep, until, gone) VALUES (?, ?, 'running', 0, ?, ?, ?, ?)",
  grow: 'UPDATE $runs SET count = ?, until = ?, gone = ? WHERE run = ?',
  end: 'UPDATE $runs SET state = ?, gone = ? WHERE run = ?',
  remove: 'DELETE FROM $runs WHERE run = ?',
  nextGone: 'SELECT run, gone FROM $runs ORDER BY gone LIMIT ?',
  addRecord: 'INSERT INTO $records (run, n, record) VALUES (?, ?, ?)',
  readRecords: 'SELECT n, record FROM $records WHERE run = ? AND n > ? ORDER BY n LIMIT ?',
  removeRecords: 'DELETE FROM $records WHERE run = ?',
}
