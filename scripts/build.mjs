// Builds dist/: ES modules, CommonJS beside them in dist/cjs, declarations for both, and the stubs of the subpaths.
import { build } from 'esbuild'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commonJsManifest, stubs } from './subpaths.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

const sources = readdirSync(join(root, 'src'), { recursive: true })
  .map((file) => `src/${file.replaceAll('\\', '/')}`)
  // The command is a program of its own, bundled with what it needs.
  .filter((file) => file.endsWith('.ts') && !file.startsWith('src/cli/'))
  .toSorted()

const common = {
  absWorkingDir: root,
  entryPoints: sources,
  outbase: 'src',
  target: 'es2022',
  // Properties of our own, which cost nothing under any target; `#private` ones become WeakMaps in a bundle for an older one.
  mangleProps: /^_[a-z]/,
  logLevel: 'warning',
}

/**
 * The short names of `_name` properties. All files of both formats must agree on them. The underscore stays, so that they
 * never meet a property that a subclass of a user has.
 */
async function shortNames() {
  const { mangleCache } = await build({
    ...common,
    mangleCache: {},
    bundle: true,
    packages: 'external',
    write: false,
    outdir: dist,
  })
  const names = {}
  for (const [index, name] of Object.keys(mangleCache).toSorted().entries()) names[name] = `_${lettersOf(index)}`
  return names
}

function lettersOf(index) {
  const letter = String.fromCodePoint(97 + (index % 26))
  return index < 26 ? letter : lettersOf(Math.floor(index / 26) - 1) + letter
}

// File by file, not bundled: a bundler of our users then drops each file that nothing imports, also where it
// could not prove that a class without users has no side effects.
async function compile(options, mangleCache) {
  await build({ ...common, mangleCache, bundle: false, sourcemap: true, ...options })
}

function declare() {
  const args = ['node_modules/@typescript/native/bin/tsc', '-p', 'tsconfig.build.json']
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(status ?? 1)
}

rmSync(dist, { recursive: true, force: true })
const mangleCache = await shortNames()
await compile({ format: 'esm', platform: 'neutral', outdir: dist }, mangleCache)
// The platform makes esbuild list the names of each module, which `import()` of CommonJS reads.
await compile({ format: 'cjs', platform: 'node', outdir: join(dist, 'cjs') }, mangleCache)
declare()
for (const file of sources.map((source) => source.replace(/^src\/(.*)\.ts$/, '$1.d.ts'))) {
  copyFileSync(join(dist, file), join(dist, 'cjs', file))
}

for (const { folder, manifest } of stubs()) {
  mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(join(root, folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}
writeFileSync(join(dist, 'cjs/package.json'), `${JSON.stringify(commonJsManifest)}\n`)
const command = spawnSync(process.execPath, [join(root, 'scripts/build-cli.mjs')], { stdio: ['ignore', 2, 2] })
if (command.status !== 0) process.exit(command.status ?? 1)
