import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join('src', file), 'utf8'))

/** Codes that are put together, from the union their last part is of. */
const FAMILIES = [['ERR_ENCODE_', /type EncodeErrorField = (.+)/]] as const

function codes(): string[] {
  const literal = sources.flatMap((source) => [...source.matchAll(/'(ERR_[A-Z_]*[A-Z])'/g)].map((match) => match[1]!))
  const built = FAMILIES.flatMap(([prefix, union]) => {
    const members = sources.map((source) => union.exec(source)?.[1]).find((found) => found !== undefined) ?? ''
    return [...members.matchAll(/'(\w+)'/g)].map((match) => prefix + match[1]!.toUpperCase())
  })
  return [...new Set([...literal, ...built])]
}

const headings = new Set(
  [...readFileSync('docs/errors.md', 'utf8').matchAll(/^#{2,4} .*$/gm)].flatMap(
    ([line]) => line.match(/ERR_[A-Z_]+/g) ?? [],
  ),
)

it('finds the codes at all', () => {
  expect(codes()).toEqual(
    expect.arrayContaining(['ERR_ENCODE_DATA', 'ERR_EVENT_TOO_LARGE', 'ERR_OPTION', 'ERR_CONNECT_HTTP']),
  )
})

it.each(codes())('%s has a heading in docs/errors.md', (code) => {
  expect(headings).toContain(code)
})

it('docs/errors.md explains no code that nothing throws', () => {
  expect(codes()).toEqual(expect.arrayContaining([...headings]))
})

/** What a function of `src/server` refuses by name, outside the rules of options, which say themselves what is right. */
const refused = readdirSync('src/server', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join('src/server', file), 'utf8'))
  .flatMap((source) => [...source.matchAll(/(?:new OptionError|\bcheck|atOnce(?:<\w+>)?)\('([\w.-]+)'/g)])
  .map((match) => match[1]!)

it('finds what servers refuse at all', () => {
  expect(refused).toEqual(
    expect.arrayContaining(['request', 'req', 'res', 'source', 'topics', 'filter', 'cors.origin']),
  )
})

it.each([...new Set(refused)])('docs/errors.md says what to do about %s', (option) => {
  const rows = readFileSync('docs/errors.md', 'utf8').match(/^\| `.*\|$/gm) ?? []
  expect(rows.some((row) => row.split('|')[1]!.includes(`\`${option}\``))).toBe(true)
})

it('src/server throws no error without a code', () => {
  const plain = readdirSync('src/server', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => /\bnew (?:Type|Range)Error\(/.test(readFileSync(join('src/server', file), 'utf8')))
  expect(plain).toEqual([])
})
