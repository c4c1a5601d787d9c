// What each entry adds to a page: bundled and minified by esbuild, then gzipped.
import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

export const title = 'Size'

const dist = (path) => fileURLToPath(new URL(`../../dist/${path}/index.js`, import.meta.url))
const CEILINGS = JSON.parse(readFileSync(new URL('../ceilings.json', import.meta.url), 'utf8'))
const ENTRIES = [
  ...CEILINGS.map(({ what, from, names, bytes }) => ({ name: what, from: dist(from), names, ceiling: bytes })),
  { name: 'eventsource-parser', from: 'eventsource-parser' },
  { name: 'eventsource-encoder', from: 'eventsource-encoder' },
  { name: 'eventsource', from: 'eventsource' },
  { name: 'eventsource-client', from: 'eventsource-client' },
  { name: '@microsoft/fetch-event-source', from: '@microsoft/fetch-event-source' },
  { name: 'event-source-plus', from: 'event-source-plus' },
]

export function jobs() {
  return [{ name: 'minified + gzip' }]
}

export async function run() {
  const { build } = await import('esbuild')
  const rows = []
  for (const { name, from, ceiling, names = '*' } of ENTRIES) {
    if (isAbsolute(from) && !existsSync(from)) {
      rows.push({ name, failed: 'not built' })
      continue
    }
    const { outputFiles } = await build({
      stdin: {
        contents: `export ${names === '*' ? '*' : `{ ${names} }`} from ${JSON.stringify(from)}`,
        resolveDir: import.meta.dirname,
      },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'neutral',
      external: ['node:*'],
      mainFields: ['module', 'main'],
      target: 'es2022',
      write: false,
      // An entry that does not fit yet says so in its row.
      logLevel: 'silent',
    })
    const code = outputFiles[0].contents
    rows.push({ name, minified: code.length, gzip: gzipSync(code, { level: 9 }).length, ceiling })
  }
  return { rows }
}

export function report([{ rows }]) {
  const lines = rows
    .filter(({ failed }) => !failed)
    .map(({ name, minified, gzip, ceiling }) => [name, minified, gzip, ceiling ?? ''])
  return { head: ['bytes', 'minified', 'gzip', 'ceiling'], lines }
}
