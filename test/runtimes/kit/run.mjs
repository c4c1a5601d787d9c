// Tries the testing kit of the built package with other runners and another mock server than those of the
// root: vitest 5 with msw 3 on Node 24, jest with ES modules on this Node and on Node 24, node:test on this Node.
import { execFileSync } from 'node:child_process'
import { existsSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../../..')
const node24 = join(here, '../node_modules/node24/bin/node')

const run = (file, args) =>
  execFileSync(file, args, { cwd: here, stdio: 'inherit', env: { ...process.env, NO_COLOR: '1' } })
const install = (cwd) =>
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'], {
    cwd,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })

if (!existsSync(node24)) throw new Error('Node 24 is missing. Run npm ci in test/runtimes.')
if (!existsSync(join(root, 'dist/testing/index.js'))) throw new Error('The package is not built. Run npm run build.')
install(here)
// A link, so that the lock file does not repeat what the root needs.
symlinkSync(root, join(here, 'node_modules/eventwire'), 'junction')

const JEST = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js']
const legs = [
  ['vitest 5 and msw 3 on Node 24', node24, ['node_modules/vitest/vitest.mjs', 'run']],
  [`jest on Node ${process.versions.node}`, process.execPath, JEST],
  ['jest on Node 24', node24, JEST],
  [`node:test on Node ${process.versions.node}`, process.execPath, ['--test', 'node.test.mjs']],
]
let failed = 0
for (const [name, file, args] of legs) {
  console.log(`# ${name}`)
  try {
    run(file, args)
  } catch {
    failed++
    console.log(`# ${name}: failed`)
  }
}
process.exitCode = failed === 0 ? 0 : 1
