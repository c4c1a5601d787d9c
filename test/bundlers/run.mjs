// Builds a small app with client, parser and EventSource by each bundler, out of the packed tarball, and runs it in Chromium.
// Prints a table of sizes and of the parser's speed; `--write` puts it into docs/bundlers.md.
import { build as esbuild } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright'
import { makeProject } from '../runtimes/project.mjs'
import { LAUNCH } from '../../scripts/lib/browsers.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const changedAt = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)
if (changedAt(join(here, 'node_modules/.package-lock.json')) < changedAt(join(here, 'package-lock.json'))) {
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  execFileSync('npm', args, { cwd: here, stdio: 'inherit', shell: process.platform === 'win32' })
}

const versionOf = (name) => JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8')).version
const HTML =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="./app.js"></script>'

const OLDER = { target: ['es2020', 'chrome87', 'safari14'], supported: { destructuring: true } }
const withEsbuild = (options) => (entry, outdir) =>
  esbuild({ entryPoints: [entry], outdir, bundle: true, minify: true, format: 'esm', ...options })

/** @param name of the version of Vite; its defaults are what is tried. */
const withVite = (name) => async (entry, outDir) => {
  const { build } = await import(name)
  await build({ root: dirname(entry), logLevel: 'error', build: { outDir, emptyOutDir: true } })
}

async function withWebpack(entry, path) {
  const { default: webpack } = await import('webpack')
  const stats = await new Promise((resolve, reject) => {
    webpack({ mode: 'production', entry, output: { path, filename: 'app.js' } }, (error, done) =>
      error ? reject(error) : resolve(done),
    )
  })
  if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString())
}

async function withRollup(input, dir) {
  const [{ rollup }, { default: nodeResolve }, { default: terser }] = await Promise.all([
    import('rollup'),
    import('@rollup/plugin-node-resolve'),
    import('@rollup/plugin-terser'),
  ])
  const onwarn = ({ message }) => {
    throw new Error(message)
  }
  const made = await rollup({ input, plugins: [nodeResolve({ browser: true })], onwarn })
  await made.write({ dir, format: 'es', plugins: [terser({ module: true })] })
  await made.close()
}

const esbuildVersion = createRequire(import.meta.url)('esbuild/package.json').version
const BUNDLERS = [
  { name: `esbuild ${esbuildVersion}`, bundle: withEsbuild({ target: 'es2022' }) },
  { name: `esbuild ${esbuildVersion}, lowered to ES2020`, bundle: withEsbuild(OLDER) },
  { name: `Vite ${versionOf('vite')}`, bundle: withVite('vite') },
  { name: `Vite ${versionOf('vite-6')}`, bundle: withVite('vite-6') },
  { name: `webpack ${versionOf('webpack')}`, bundle: withWebpack },
  { name: `Rollup ${versionOf('rollup')}`, bundle: withRollup },
]

const ROUNDS = 6
/** As in app.js. */
const WORKLOADS = ['one event a chunk', 'bytes, one event a chunk', 'chunks of 16 KiB', 'cut everywhere, 50 characters']
const project = makeProject()
const served = join(project.folder, 'served')
const rows = []
try {
  cpSync(join(here, 'app.js'), join(project.folder, 'app.js'))
  writeFileSync(join(project.folder, 'index.html'), HTML)
  for (const [index, { bundle }] of BUNDLERS.entries()) {
    const folder = join(served, String(index))
    mkdirSync(folder, { recursive: true })
    await bundle(join(project.folder, 'app.js'), folder)
    if (!existsSync(join(folder, 'index.html'))) writeFileSync(join(folder, 'index.html'), HTML)
  }
  const { eventStream } = await import(
    pathToFileURL(join(project.folder, 'node_modules/eventwire/dist/server/index.js'))
  )
  const server = createServer((req, res) => answer(eventStream, req, res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${server.address().port}`
  const browser = await chromium.launch(LAUNCH.chromium)
  try {
    for (const [index, { name }] of BUNDLERS.entries()) rows.push(await tried(browser, name, index, origin))
    // One after the other, again and again: what else the machine does falls on all of them.
    for (let round = 0; round < ROUNDS; round++) {
      for (const row of rows) {
        for (const workload of WORKLOADS) {
          const took = await row.page.evaluate(`app.speed(${JSON.stringify(workload)})`)
          row.speed[workload] = Math.min(row.speed[workload] ?? Infinity, took)
        }
      }
    }
  } finally {
    await browser.close()
    server.close()
    server.closeAllConnections()
  }
} finally {
  project.remove()
}

/** Serves the apps, and a stream of three events. */
function answer(eventStream, req, res) {
  if (req.url === '/events')
    return eventStream(
      req,
      res,
      ['one', 'zwei 😀', 'last'].map((data, id) => ({ id, data })),
    )
  const index = Number(
    /^\/(\d+)\//.exec(req.url)?.[1] ?? Number(/^http.*\/(\d+)\//.exec(req.headers.referer ?? '')?.[1]),
  )
  const path = req.url.replace(/^\/\d+\//, '/')
  const file = join(served, String(index), path === '/' ? 'index.html' : path)
  if (!existsSync(file)) return res.writeHead(404).end()
  res.setHeader('content-type', extname(file) === '.js' ? 'text/javascript' : 'text/html')
  res.end(readFileSync(file))
}

async function tried(browser, name, index, origin) {
  const page = await browser.newPage()
  const errors = []
  page.on('pageerror', (error) => errors.push(error))
  await page.goto(`${origin}/${index}/`)
  await page.waitForFunction('globalThis.app', undefined, { timeout: 30_000 }).catch((error) => errors.push(error))
  if (errors.length > 0) throw new AggregateError(errors, name)
  const wanted = JSON.stringify(['one', 'zwei 😀', 'last'])
  for (const reader of ['read', 'listen']) {
    const seen = JSON.stringify(await page.evaluate(`app.${reader}('/events')`))
    if (seen !== wanted) throw new Error(`${name}: ${reader} saw ${seen}`)
  }
  const folder = join(served, String(index))
  const scripts = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.js'))
  const text = scripts.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n')
  return { name, bytes: Buffer.byteLength(text), zipped: gzipSync(text, { level: 9 }).length, speed: {}, page }
}

const kB = (bytes) => (bytes / 1000).toFixed(1)
const quickest = (workload) => Math.min(...rows.map(({ speed }) => speed[workload]))
const table = [
  `| built by | minified, kB | and gzipped, kB | ${WORKLOADS.join(' | ')} |`,
  `| --- | --- | --- | ${WORKLOADS.map(() => '---').join(' | ')} |`,
  ...rows.map(({ name, bytes, zipped, speed }) => {
    const ratios = WORKLOADS.map((workload) => (speed[workload] / quickest(workload)).toFixed(2))
    return `| ${name} | ${kB(bytes)} | ${kB(zipped)} | ${ratios.join(' | ')} |`
  }),
].join('\n')
console.log(table)

if (process.argv.includes('--write')) {
  const file = join(here, '../../docs/bundlers.md')
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/\n\| built by [^]*?\n\n/, () => `\n${table}\n\n`),
  )
}
