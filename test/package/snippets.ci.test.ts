import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { withChecks } from '../support/snippets/checks.js'
import { runSnippets } from '../support/snippets/run.js'
import type { Problems } from '../support/snippets/run.js'
import { findSnippets, snippetsOf } from '../support/snippets/snippets.js'

const snippets = findSnippets()

// Snippets that must be found out: a runner that passes everything proves nothing.
const WRONG: Record<string, string> = {
  'a wrong result': "import { encodeComment } from 'eventwire/encoder'\nencodeComment('a') // => ': b'",
  'a claim that is never reached': 'if (Math.random() > 2) {\n  1 // => 1\n}',
  'a claim that follows nothing': '// => 1',
  'a type error': 'const text: string = 5',
  'a missing export': "import { noSuchThing } from 'eventwire/encoder'\nnoSuchThing()",
  'an exception': "throw new Error('x')",
  'a rejection nobody handles': "void Promise.reject(new Error('x'))",
}
const RIGHT: Record<string, string> = {
  'results of each form': [
    "import { parse } from 'eventwire/parser'",
    "const text = 'data: a\\n\\n' // => 'data: a\\n\\n'",
    'console.log(text.length) // => 9',
    'parse(text)',
    "// => [{ event: 'message',",
    "//      data: 'a', id: '' }]",
    'await Promise.resolve(5) // => 5',
    'for (const number of [1, 2]) {',
    '  number > 0 // => true',
    '}',
  ].join('\n'),
}

describe('every example that readers are shown', () => {
  let problems: Problems = {}

  beforeAll(async () => {
    const own = Object.entries({ ...WRONG, ...RIGHT }).map(([name, code]) => ({ name, code, runs: true }))
    problems = await runSnippets([...snippets, ...own])
  }, 300_000)

  it.each(snippets.map(({ name, runs }) => [runs ? 'runs' : 'compiles', name]))('%s: %s', (_, name) => {
    expect(problems[name]?.join('\n')).toBe('')
  })

  it.each(Object.keys(WRONG))('would be found out with %s', (name) => {
    expect(problems[name]).not.toEqual([])
  })

  it.each(Object.keys(RIGHT))('may have %s', (name) => {
    expect(problems[name]?.join('\n')).toBe('')
  })
})

it('examples are found in documents and in doc comments', () => {
  const names = snippets.map(({ name }) => name)
  expect(names.some((name) => name.startsWith('README.md:'))).toBe(true)
  expect(names.some((name) => name.startsWith('src/encoder/encode.ts:'))).toBe(true)
})

it('blocks are taken as they stand, less their indentation', () => {
  const markdown = '  ```ts\n  a\n    b\n  ```\n\n```ts no-run\nc\n```\n\n```sh\nd\n```\n'
  expect(snippetsOf('x.md', markdown)).toEqual([
    { name: 'x.md:2', code: 'a\n  b\n', runs: true },
    { name: 'x.md:7', code: 'c\n', runs: false },
  ])
})

it('every @example in src is a block that is run, or type-checked where it says no-run', () => {
  for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
    const source = readFileSync(join('src', file), 'utf8')
    const tags = source.match(/^ *\* @example/gm)?.length ?? 0
    const blocks = source.match(/^ *\* @example\n *\* ```ts(?: no-run)?\n/gm)?.length ?? 0
    expect(blocks, file).toBe(tags)
  }
})

it('a claim that nothing can be made of is refused', () => {
  expect(() => withChecks('x', 'const { a } = { a: 1 } // => 1')).toThrow('more than one name')
  expect(() => withChecks('x', '1 // => what it is')).toThrow(SyntaxError)
})
