// Draws docs/architecture.svg: the folders of src, and which imports from which. --check fails where the picture is not current.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { instance } from '@viz-js/viz'

const root = fileURLToPath(new URL('..', import.meta.url))
const src = join(root, 'src')
const picture = join(root, 'docs/architecture.svg')

const roomOf = (path) => path.split('/')[0].replace(/\.ts$/, '')
const arrows = new Set()
for (const name of readdirSync(src, { recursive: true, encoding: 'utf8' }).toSorted()) {
  const file = name.split(sep).join('/')
  if (!file.endsWith('.ts') || file === 'index.ts') continue
  for (const [, target] of readFileSync(join(src, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
    const other = target.startsWith('.')
      ? roomOf(posix.join(posix.dirname(file), target).replace(/\.js$/, '.ts'))
      : /^eventwire\/([a-z]+)/.exec(target)?.[1]
    if (other !== undefined && other !== roomOf(file)) arrows.add(`"${roomOf(file)}" -> "${other}"`)
  }
}
const graph = `digraph { rankdir=TB; bgcolor=white; node [shape=box fontname="sans-serif" style="rounded"]; ${[...arrows].toSorted().join('; ')} }`
const svg = (await instance()).renderString(graph, { format: 'svg', reduce: true })

if (process.argv.includes('--check')) {
  if (readFileSync(picture, 'utf8') !== svg) {
    console.error('docs/architecture.svg is not current. Run `npm run docs -- floors`.')
    process.exitCode = 1
  }
} else {
  writeFileSync(picture, svg)
}
