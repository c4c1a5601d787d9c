import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Words that make a sentence hard to read: a subject with a name, or `if`, does the same. */
const STIFF =
  /\b(?:who(?:m)?ever|whichever|anew|there(?:of|in|by|upon)|here(?:by|in|of)|where(?:by|in|of|upon)|wherever it|albeit|hitherto)\b/gi

const stiffWordsOf = (text: string): string[] => text.match(STIFF) ?? []

it('documents and comments are in plain words', () => {
  const kinds = ['*.md', '*.ts', '*.tsx', '*.mjs', '*.vue']
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...kinds], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => /^(?:[A-Z]+\.md$|\.ci|bench|docs|examples|scripts|site|src)/.test(file))
    .filter((file) => existsSync(join(root, file)))
  const found = files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => stiffWordsOf(line).map((word) => `${file}:${index + 1}: ${word}`)),
  )
  expect(files.length).toBeGreaterThan(300)
  expect(found).toEqual([])
})

it('a stiff word would be found', () => {
  expect(stiffWordsOf('Whoever opens it anew; a hereby, therefore, where it is')).toEqual(['Whoever', 'anew', 'hereby'])
})
