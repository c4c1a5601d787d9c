// Compiles a project that uses each subpath, with the packed tarball installed, by each supported TypeScript, under each
// way of resolving modules, as CommonJS and as ES modules. Our declarations are checked too (`skipLibCheck` is off).
// Versions as arguments choose some of them.
import { execFile, execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { makeProject } from '../project.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../../..')
const modules = join(here, 'node_modules')
const run = promisify(execFile)

const ALL = ['5.4', '5.5', '5.6', '5.7', '5.8', '5.9', '6.0', '7.0']
const chosen = process.argv.slice(2)
const VERSIONS = chosen.length > 0 ? ALL.filter((version) => chosen.includes(version)) : ALL
/** Module formats, and since when or until when a compiler knows them. */
const RESOLUTIONS = [
  { moduleResolution: 'node10', module: 'CommonJS', type: 'commonjs', before: 7 },
  { moduleResolution: 'node10', module: 'ES2022', type: 'module', before: 7 },
  { moduleResolution: 'node16', module: 'Node16', type: 'commonjs' },
  { moduleResolution: 'node16', module: 'Node16', type: 'module' },
  { moduleResolution: 'nodenext', module: 'NodeNext', type: 'commonjs' },
  { moduleResolution: 'nodenext', module: 'NodeNext', type: 'module' },
  { moduleResolution: 'bundler', module: 'ES2022', type: 'module' },
  // Before 6 a bundler's resolution takes ES modules alone.
  { moduleResolution: 'bundler', module: 'CommonJS', type: 'commonjs', from: 6 },
]

const changedAt = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)
if (changedAt(join(modules, '.package-lock.json')) < changedAt(join(here, 'package-lock.json'))) {
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  execFileSync('npm', args, { cwd: here, stdio: 'inherit', shell: process.platform === 'win32' })
}

const project = makeProject()
const failed = []
const legs = []
try {
  for (const type of ['commonjs', 'module']) {
    const folder = join(project.folder, type)
    mkdirSync(folder)
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }))
    for (const file of ['index.ts', 'client.ts']) cpSync(join(root, 'test/package/consumer', file), join(folder, file))
    for (const file of ['every-subpath.ts', 'arbitraries.ts']) cpSync(join(here, file), join(folder, file))
  }
  mkdirSync(join(project.folder, 'node_modules/@types'), { recursive: true })
  symlinkSync(join(modules, '@types/node'), join(project.folder, 'node_modules/@types/node'), 'junction')
  symlinkSync(join(modules, 'undici-types'), join(project.folder, 'node_modules/undici-types'), 'junction')
  symlinkSync(join(root, 'node_modules/fast-check'), join(project.folder, 'node_modules/fast-check'), 'junction')
  for (const version of VERSIONS) {
    for (const { type, before = Infinity, from = 0, ...options } of RESOLUTIONS) {
      if (Number(version) >= before || Number(version) < from) continue
      legs.push({ name: `TypeScript ${version}, ${options.moduleResolution}, ${type}`, version, type, options })
    }
  }
  const left = legs.values()
  await Promise.all([compileAll(left), compileAll(left)])
} finally {
  project.remove()
}

async function compileAll(left) {
  for (const { name, version, type, options } of left) {
    const folder = join(project.folder, type)
    const config = join(folder, `${version}-${options.moduleResolution}.json`)
    const compilerOptions = {
      ...options,
      target: 'ES2022',
      lib: ['ES2022', 'ESNext.Disposable', 'DOM', 'DOM.Iterable'],
      types: ['node'],
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      // Those of the compiler itself are a third of the work, and not ours.
      skipDefaultLibCheck: true,
      // From 6 on `node10` is allowed to those who say that they know.
      ...(Number(version) >= 6 && { ignoreDeprecations: '6.0' }),
    }
    const files = ['index.ts', 'client.ts', 'every-subpath.ts']
    // The declarations of fast-check are not found by `node10`.
    if (options.moduleResolution !== 'node10') files.push('arbitraries.ts')
    writeFileSync(config, JSON.stringify({ compilerOptions, files }))
    try {
      await run(process.execPath, [join(modules, `typescript-${version}/bin/tsc`), '-p', config])
      console.log(`ok ${name}`)
    } catch (error) {
      failed.push(name)
      console.log(`FAILED ${name}\n${error.stdout || error}`.replace(/\n(?=.)/g, '\n  '))
    }
  }
}
console.log(`${legs.length - failed.length} of ${legs.length} passed`)
process.exitCode = failed.length > 0 ? 1 : 0
