import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { publishedFiles, publishedLinks } from '../../scripts/lib/staged.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const files = publishedFiles()
const pages = { base: 'https://github.com/OWNER/eventwire', version: '1.2.3' }

/** What links of the text lead to, as paths from the root; those to places in the document itself and to the web are left out. */
const targetsOf = (text: string, file: string): string[] =>
  [
    ...text
      .replaceAll(/^( *)```[\s\S]*?^\1```/gm, '')
      .replaceAll(/`[^`\n]*`/g, '``')
      .matchAll(/\]\(([^()\s#]+)/g),
  ]
    .map(([, link]) => new URL(link!, `published:///${file}`))
    .filter(({ protocol }) => protocol === 'published:')
    .map(({ pathname }) => decodeURI(pathname).slice(1))

describe.each(files.filter((file) => file.endsWith('.md')))('%s, as it is published', (file) => {
  it('links to what is published with it, or to the repository', () => {
    const text = publishedLinks(readFileSync(`${root}/${file}`, 'utf8'), file, files, pages)
    expect(targetsOf(text, file).filter((path) => !files.includes(path))).toEqual([])
  })
})

it('keeps links to published files, and leads the others to the page of the version', () => {
  const text = '[a](docs/errors.md#x) [b](docs/guides/index.md#y) ![c](docs/bench.svg) [d](https://example.com) [e](#f)'
  const base = 'https://github.com/OWNER/eventwire'
  expect(publishedLinks(text, 'README.md', files, pages)).toBe(
    `[a](docs/errors.md#x) [b](${base}/blob/v1.2.3/docs/guides/index.md#y) ![c](${base}/raw/v1.2.3/docs/bench.svg) [d](https://example.com) [e](#f)`,
  )
  expect(publishedLinks('[a](../README.md)', 'docs/errors.md', files, pages)).toBe('[a](../README.md)')
})

it('publishes licence, change log, documents and the command, and no test, source or map of a test', () => {
  expect(files).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'docs/errors.md',
      'dist/cli/eventwire.js',
      'dist/cjs/package.json',
    ]),
  )
  expect(files.filter((file) => /(^|\/)(test|src|node_modules|scripts)\//.test(file))).toEqual([])
})
