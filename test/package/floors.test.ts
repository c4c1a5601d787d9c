import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const src = fileURLToPath(new URL('../../src', import.meta.url))

/** A file imports only from its own room and from rooms below. */
const FLOORS: Record<string, number> = {
  errors: 0,
  wire: 0,
  // On the ground floor too, above the two that it needs.
  options: 0.5,
  parser: 1,
  encoder: 1,
  streams: 2,
  client: 3,
  server: 3,
  runs: 3.5,
  eventsource: 4,
  redis: 4,
  sqlite: 4,
  testing: 5,
  cli: 6,
}

/** Of code: comments and blank lines are not counted. */
const MAX_LINES = 300

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => file.split(sep).join('/'))

const roomOf = (file: string): string => file.split('/')[0]!.replace(/\.ts$/, '')

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!)
}

describe.each(files)('%s', (file) => {
  it('imports only downwards, and no index', () => {
    const room = roomOf(file)
    for (const target of importsOf(file)) {
      if (!target.startsWith('.')) continue
      const path = posix.join(posix.dirname(file), target).replace(/\.js$/, '.ts')
      if (room !== 'index') expect(path, 'imports an index').not.toMatch(/(^|\/)index\.ts$/)
      const other = roomOf(path)
      if (room === 'index' || other === room) continue
      expect(FLOORS, `${other} has no floor`).toHaveProperty(other)
      expect(FLOORS[other]!, `${room} imports from ${other}`).toBeLessThan(FLOORS[room]!)
    }
  })

  it('stays small', () => {
    const lines = readFileSync(join(src, file), 'utf8').split('\n')
    expect(lines.filter((line) => !/^\s*($|\/\/|\/\*|\*)/.test(line)).length).toBeLessThanOrEqual(MAX_LINES)
  })
})

it('every room has a floor', () => {
  for (const file of files) if (dirname(file) !== '.') expect(FLOORS).toHaveProperty(roomOf(file))
})
