// Builds dist/: ES modules by tsup, CommonJS beside them in dist/cjs, declarations for both, and the stubs of the subpaths.
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

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(status ?? 1)
}

rmSync(dist, { recursive: true, force: true })
run('node_modules/tsup/dist/cli-default.js', '--silent')
run('node_modules/@typescript/native/bin/tsc', '-p', 'tsconfig.build.json')
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
