// Type-checks the whole tree, and the pure folders once more without DOM and Node types.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
for (const project of ['tsconfig.json', 'tsconfig.pure.json']) {
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/@typescript/native/bin/tsc', '-p', project, '--noEmit'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
  if (status !== 0) process.exitCode = 1
}
