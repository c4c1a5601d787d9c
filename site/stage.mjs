// Copies what becomes a page, and the pictures in it, to site/pages. Pages are compiled to modules that import Vue, and
// find it from a folder in site/ alone; the root does not install it.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const NO_PAGES = /^(?:src|test|scripts|site|dist|\.)/

export function stage() {
  const pages = join(root, 'site/pages')
  rmSync(pages, { recursive: true, force: true })
  for (const path of files()) {
    mkdirSync(dirname(join(pages, path)), { recursive: true })
    cpSync(join(root, path), join(pages, path))
  }
}

export function files() {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.md', '*.svg', '*.png'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  )
  return listed.split('\0').filter((path) => path !== '' && !NO_PAGES.test(path) && existsSync(join(root, path)))
}
