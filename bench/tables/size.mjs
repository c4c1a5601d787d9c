// What each entry adds to a page: bundled and minified by esbuild, then gzipped.
import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

export const title = 'Size'

const dist = (path) => fileURLToPath(new URL(`../../dist/${path}/index.js`, import.meta.url))
const ENTRIES = [
  { name: 'encoder', from: dist('encoder'), ceiling: 600, names: 'encode' },
  { name: 'parser', from: dist('parser'), ceiling: 1600, names: 'createParser' },
  { name: 'events() with parser', from: dist('streams'), ceiling: 2000, names: 'events' },
  { name: 'client', from: dist('client'), ceiling: 3500, names: 'connect' },
  { name: 'EventSource', from: dist('eventsource'), ceiling: 4500, names: 'EventSource' },
  { name: 'server', from: dist('server'), ceiling: 4500, names: 'createChannel, eventStream' },
  { name: 'eventsource-parser', from: 'eventsource-parser' },
  { name: 'eventsource-encoder', from: 'eventsource-encoder' },
  { name: 'eventsource', from: 'eventsource' },
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
