// Builds dist/: JavaScript by tsup, declarations by tsc.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

for (const args of [
  ['node_modules/tsup/dist/cli-default.js', '--silent'],
  ['node_modules/@typescript/native/bin/tsc', '-p', 'tsconfig.build.json'],
]) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(status ?? 1)
}
