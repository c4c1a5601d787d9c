// Tries the package as npm would publish it, installed in an empty project, on each runtime, under each test runner and in
// each browser: the corpus of streams, the encoder, the client and the server, and the rules of EventSource; and in projects
// as Nest and React Native make them. Names as arguments choose some of them: node test/runtimes/run.mjs bun node24 jest-29-commonjs
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { BROWSERS } from './browsers.mjs'
import { bundle } from './bundle.mjs'
import { hermesFolder, reactNative } from './hermes.mjs'
import { nestFolder, nestProject } from './nest.mjs'
import { makeProject } from './project.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const modules = join(here, 'node_modules')
const kit = join(here, 'kit/node_modules')
/** Milliseconds for one runtime. */
const BOUND = 240_000
const AT_ONCE = 3

const binary = (version) => join(modules, `node${version}/bin/node`)
const node = (version) => ({ file: binary(version), args: ['main.mjs'] })
const vitest = (file, folder) => ({
  file,
  args: [join(folder, 'vitest/vitest.mjs'), 'run', '--config', 'runners/vitest.config.mjs'],
})
const nodeTest = (file) => ({ file, args: ['--test', 'runners/portable.node.mjs'] })
/** @param kind of the modules: Jest needs a flag of Node for its own ES modules. */
function jest(name, kind) {
  const isEsm = kind === 'mjs'
  const config = { testEnvironment: 'node', testMatch: [`**/*.test.${kind}`], transform: {}, maxConcurrency: 8 }
  const flags = isEsm ? ['--experimental-vm-modules', '--no-warnings'] : []
  const args = [
    ...flags,
    join(kit, name, 'bin/jest.js'),
    '--config',
    JSON.stringify(config),
    '--ci',
    '--testTimeout=60000',
  ]
  return { file: process.execPath, args }
}

const RUNTIMES = {
  node20: node(20),
  node22: node(22),
  node24: node(24),
  node26: node(26),
  'node26-built-in': {
    file: binary(26),
    // The warnings are of its own doing: a long retry overflows its timer.
    args: [
      '--experimental-eventsource',
      '--disable-warning=UNDICI-ES',
      '--disable-warning=TimeoutOverflowWarning',
      'main.mjs',
    ],
    env: { BUILT_IN: 'node' },
  },
  bun: { file: join(modules, '.bin/bun'), args: ['main.mjs'] },
  deno: { file: join(modules, '.bin/deno'), args: ['run', '-A', '--no-check', 'main.mjs'] },
  workerd: { file: join(modules, '.bin/workerd'), args: ['test', 'workerd.capnp'] },
  'jest-29-commonjs': jest('jest-29', 'cjs'),
  'jest-29-esm': jest('jest-29', 'mjs'),
  'jest-30-commonjs': jest('jest', 'cjs'),
  'jest-30-esm': jest('jest', 'mjs'),
  'vitest-4': vitest(process.execPath, join(root, 'node_modules')),
  'vitest-5': vitest(binary(24), kit),
  'node-test-20': nodeTest(binary(20)),
  'node-test-26': nodeTest(binary(26)),
}

async function install(folder, flags = []) {
  const lock = join(folder, 'node_modules/.package-lock.json')
  if (existsSync(lock) && statSync(lock).mtimeMs > statSync(join(folder, 'package-lock.json')).mtimeMs) return
  await promisify(execFile)('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...flags], {
    cwd: folder,
    shell: process.platform === 'win32',
  })
}

/** Starts a module of the project that serves until its standard input ends, and prints where. */
async function serve(project, file, env) {
  const options = { cwd: project, stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } }
  const server = spawn(process.execPath, [file], options)
  const [url] = await once(createInterface(server.stdout), 'line')
  return { url, stop: () => server.stdin.end() }
}

async function runProgram({ file, args, env }, project, stageUrl) {
  const child = spawn(file, args, {
    cwd: project,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', STAGE_URL: stageUrl, ...env },
    timeout: BOUND,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
  const [code] = await once(child, 'close')
  if (code === null) output += `Killed: it took more than ${BOUND} ms.\n`
  return { passed: code === 0, output }
}

async function visit({ file, visit: go }, pageUrl) {
  if (!existsSync(file)) return { passed: false, output: `Not there: ${file}` }
  try {
    const { result, output } = await go(pageUrl, BOUND)
    return { passed: result === 'passed', output }
  } catch (error) {
    return { passed: false, output: String(error.stack) }
  }
}

const LEGS = Object.entries({ 'react-native': reactNative, nest: nestProject, ...RUNTIMES, ...BROWSERS })
const chosen = process.argv.slice(2)
const unknown = chosen.filter((name) => !LEGS.some(([known]) => known === name))
if (unknown.length > 0) {
  console.log(`${unknown.join(', ')}: there are ${LEGS.map(([name]) => name).join(', ')}`)
  process.exit(2)
}
const legs = LEGS.filter(([name]) => chosen.length === 0 || chosen.includes(name))
const needs = (pattern) => legs.some(([name]) => pattern.test(name))
await Promise.all([
  install(here),
  needs(/jest|vitest/) && install(join(here, 'kit'), ['--ignore-scripts']),
  needs(/react-native/) && install(hermesFolder),
  needs(/nest/) && install(nestFolder, ['--ignore-scripts']),
])

const project = makeProject()
const failed = []
try {
  await bundle(project.folder)
  cpSync(join(here, 'workerd.capnp'), join(project.folder, 'workerd.capnp'))
  cpSync(join(here, 'runners'), join(project.folder, 'runners'), { recursive: true })
  const stage = await serve(project.folder, 'stage-main.mjs', {})
  const page = await serve(project.folder, 'page-main.mjs', { STAGE_URL: stage.url })
  const attempt = (leg) => {
    if (typeof leg === 'function') return leg(project.folder)
    return leg.visit ? visit(leg, page.url) : runProgram(leg, project.folder, stage.url)
  }
  const left = legs.values()
  // They wait more than they compute.
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [name, leg] of left) {
        const before = performance.now()
        const { passed, output } = await attempt(leg)
        console.log(`${passed ? 'ok' : 'FAILED'} ${name} (${((performance.now() - before) / 1000).toFixed(1)} s)`)
        if (passed) continue
        console.log(output.trimEnd().replace(/^/gm, '  '))
        failed.push(name)
      }
    }),
  )
  page.stop()
  stage.stop()
} finally {
  project.remove()
}
if (failed.length > 0) {
  console.log(`FAILED: ${failed.join(', ')}`)
  process.exitCode = 1
}
