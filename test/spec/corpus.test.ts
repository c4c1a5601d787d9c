import { existsSync, readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { loadFixtures } from '../support/fixtures/fixtures.mjs'

const KEYS = ['rule', 'events', 'comments', 'retries', 'ids', 'lastEventId']

it('every fixture has its two files, and a test that runs its group', () => {
  const names = new Set(readdirSync('test/fixtures').map((file) => file.replace(/\.(sse|json)$/, '')))
  names.delete('README.md')
  expect(new Set(loadFixtures().map((fixture) => fixture.name))).toEqual(names)
  for (const { group } of loadFixtures()) expect(existsSync(`test/spec/${group}.test.ts`), group).toBe(true)
})

it('every rule is one sentence, and there once', () => {
  const rules = loadFixtures().map((fixture) => fixture.rule)
  expect(new Set(rules).size).toBe(rules.length)
  for (const rule of rules) expect(rule).toMatch(/^.+[.]$/)
})

it('expectations have no key that nobody reads', async () => {
  for (const { name } of loadFixtures()) {
    const { default: json } = (await import(`../fixtures/${name}.json`)) as { default: object }
    expect(KEYS, name).toEqual(expect.arrayContaining(Object.keys(json)))
  }
})
