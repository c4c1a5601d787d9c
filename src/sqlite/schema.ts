/** The name, among those of topics that lost events, of what is lost for readers of all topics. */
export const FLOOR = ''

/** The tables of a channel, and the statements on them. Resume and trim go along the primary key, and never scan. */
export function schemaOf(name: string): { tables: string; statements: typeof statements } {
  const quoted = (suffix: string): string => `"${(name + suffix).replaceAll('"', '""')}"`
  const fill = (sql: string): string =>
    sql
      .replaceAll('$events', quoted(''))
      .replaceAll('$state', quoted('_state'))
      .replaceAll('$holes', quoted('_holes'))
      .replaceAll('$losses', quoted('_losses'))
      .replaceAll('$byKey', quoted('_by_key'))
      .replaceAll('$byTopic', quoted('_by_topic'))
  const filled = Object.entries(statements).map(([key, sql]) => [key, fill(sql)])
  return { tables: fill(TABLES), statements: Object.fromEntries(filled) as typeof statements }
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS $events (
    seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, bytes INTEGER NOT NULL, topic TEXT, key TEXT, conflate TEXT,
    json INTEGER NOT NULL, event TEXT NOT NULL, data TEXT NOT NULL
  );
  CREATE UNIQUE INDEX IF NOT EXISTS $byKey ON $events (key) WHERE key IS NOT NULL;
  CREATE INDEX IF NOT EXISTS $byTopic ON $events (topic, seq) WHERE topic IS NOT NULL;
  CREATE TABLE IF NOT EXISTS $state (
    id INTEGER PRIMARY KEY CHECK (id = 1), epoch TEXT NOT NULL, last INTEGER NOT NULL, reserved INTEGER NOT NULL,
    owner TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS $holes (seq INTEGER PRIMARY KEY, next INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS $losses (name TEXT PRIMARY KEY, seq INTEGER NOT NULL);
`

const statements = {
  readState: 'SELECT epoch, last, reserved, owner FROM $state',
  writeState: 'INSERT OR REPLACE INTO $state (id, epoch, last, reserved, owner) VALUES (1, ?, ?, ?, ?)',
  moveState: 'UPDATE $state SET last = ?, reserved = ? WHERE owner = ?',
  addHole: 'INSERT OR REPLACE INTO $holes (seq, next) VALUES (?, ?)',
  readHoles: 'SELECT seq, next FROM $holes ORDER BY seq',
  removeHole: 'DELETE FROM $holes WHERE seq = ?',
  findKey: 'SELECT seq FROM $events WHERE key = ?',
  insert:
    'INSERT INTO $events (seq, time, bytes, event, data, json, topic, conflate, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  lookAfter: 'SELECT seq, bytes FROM $events WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?',
  readBetween: 'SELECT seq, event, data, json, topic, conflate FROM $events WHERE seq > ? AND seq <= ? ORDER BY seq',
  countAll: 'SELECT count(*) AS rows, sum(bytes) AS bytes, min(time) AS oldest FROM $events',
  countTopics: 'SELECT topic, count(*) AS rows FROM $events WHERE topic IS NOT NULL GROUP BY topic',
  lookOldest: 'SELECT seq, time, bytes, topic FROM $events ORDER BY seq LIMIT ?',
  lookTopic: 'SELECT seq, time, bytes, topic FROM $events WHERE topic = ? ORDER BY seq LIMIT ?',
  remove: 'DELETE FROM $events WHERE seq = ?',
  readLosses: 'SELECT name, seq FROM $losses',
  writeLoss: 'INSERT OR REPLACE INTO $losses (name, seq) VALUES (?, ?)',
  removeLoss: 'DELETE FROM $losses WHERE name = ?',
}
