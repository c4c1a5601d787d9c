import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { NEXT } from '../../src/server/channel/phase.js'

const page = readFileSync(fileURLToPath(new URL('../../docs/architecture.md', import.meta.url)), 'utf8')

const rowsUnder = (head: string): string[][] =>
  page
    .slice(page.indexOf(head))
    .split('\n\n', 1)[0]!
    .split('\n')
    .slice(2)
    .filter((row) => row !== '')
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )

const namesIn = (cell = ''): string[] => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name!)

it('docs/architecture.md has the states of a reader, and what may follow each, as they are', () => {
  const rows = rowsUnder('| state | what it gets | may become |')
  expect(Object.fromEntries(rows.map(([state, , next]) => [namesIn(state)[0], namesIn(next)]))).toEqual(NEXT)
})

it('the glossary says each term once, in order', () => {
  const terms = rowsUnder('| term | what it is |').map(([term = '']) => term)
  expect(terms.length).toBeGreaterThan(10)
  expect(terms.filter((term, index) => index > 0 && term <= terms[index - 1]!)).toEqual([])
})
