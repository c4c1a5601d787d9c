import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { DIFFERENCES } from '../../spec/eventsource/differences.js'
import { differencesTable } from '../../spec/eventsource/differences-table.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const RULES = ['test/spec', 'test/browser'].flatMap((folder) =>
  readdirSync(root + folder)
    .filter((file) => /^eventsource-.*\.test\.ts$/.test(file))
    .map((file) => readFileSync(`${root}${folder}/${file}`, 'utf8')),
)

it('the guide shows each difference', () => {
  expect(readFileSync(root + 'docs/eventsource.md', 'utf8')).toContain(`\n\n${differencesTable()}\n\n`)
})

it.each(Object.keys(DIFFERENCES))('a test proves the difference %s', (id) => {
  expect(RULES.some((text) => text.includes(`differs: '${id}'`) || text.includes(`'${id}' : undefined`))).toBe(true)
})
