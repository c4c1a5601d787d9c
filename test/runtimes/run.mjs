// Tries the built package on each runtime: the corpus of streams, the encoder, the client and the server, and the
// rules of EventSource. Names as arguments choose some of them: node test/runtimes/run.mjs bun node24
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const modules = join(here, 'node_modules')
const out = join(here, '.tests')
const tests = join(out, 'main.mjs')
/** Milliseconds for one runtime. */
const BOUND = 180_000

const node = (version) => ({ file: join(modules, `node${version}/bin/node`), args: [tests] })
const RUNTIMES = {
  node20: node(20),
  node22: node(22),
  node24: node(24),
  node26: node(26),
  'node26-built-in': {
    file: join(modules, 'node26/bin/node'),
    // The warnings are of its own doing: a long retry overflows its timer.
    args: [
      '--experimental-eventsource',
      '--disable-warning=UNDICI-ES',
      '--disable-warning=TimeoutOverflowWarning',
      tests,
    ],
    env: { BUILT_IN: 'node' },
  },
  bun: { file: join(modules, '.bin/bun'), args: [tests] },
  deno: { file: join(modules, '.bin/deno'), args: ['run', '-A', '--no-check', tests] },
  workerd: { file: join(modules, '.bin/workerd'), args: ['test', join(here, 'workerd.capnp')] },
}

function install() {
  const lock = join(modules, '.package-lock.json')
  if (existsSync(lock) && statSync(lock).mtimeMs > statSync(join(here, 'package-lock.json')).mtimeMs) return true
  try {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: here, stdio: 'inherit' })
    return true
  } catch {
    console.log('The runtimes could not be installed. With a network: cd test/runtimes && npm ci (about 900 MB).')
    process.exitCode = process.env.CI === 'true' ? 1 : 0
    return false
  }
}

async function startStage() {
  const stage = spawn(process.execPath, [join(out, 'stage-main.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [url] = await once(createInterface(stage.stdout), 'line')
  return { url, stop: () => stage.stdin.end() }
}

async function run(name, { file, args, env }, stageUrl) {
  const before = performance.now()
  const child = spawn(file, args, {
    cwd: out,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', STAGE_URL: stageUrl, ...env },
    timeout: BOUND,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
  const [code] = await once(child, 'close')
  console.log(`${code === 0 ? 'ok' : 'FAILED'} ${name} (${((performance.now() - before) / 1000).toFixed(1)} s)`)
  if (code === 0) return true
  if (code === null) output += `Killed: it took more than ${BOUND} ms.\n`
  console.log(output.trimEnd().replace(/^/gm, '  '))
  return false
}

if (install()) {
  if (!existsSync(join(root, 'dist/index.js'))) execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root })
  const link = join(modules, 'eventwire')
  rmSync(link, { force: true, recursive: true })
  symlinkSync(root, link, 'junction')
  const { bundle } = await import('./bundle.mjs')
  await bundle(out)

  const chosen = process.argv.slice(2)
  const stage = await startStage()
  const failed = []
  for (const [name, runtime] of Object.entries(RUNTIMES)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue
    if (!(await run(name, runtime, stage.url))) failed.push(name)
  }
  stage.stop()
  if (failed.length > 0) {
    console.log(`FAILED: ${failed.join(', ')}`)
    process.exitCode = 1
  }
}
