// Tries the testing kit of the built package with other runners and another mock server than those of the
// root: vitest 5 with msw 3 on Node 24, Jest 29 and 30 with ES modules and with CommonJS on this Node, Jest 30 on Node 24
// too, node:test on this Node. The package is the packed tarball.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeProject } from '../project.mjs'

const here = dirname(fileURLToPath(import.meta.url))
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
install(here)
const project = makeProject()
const installed = join(here, 'node_modules/eventwire')
rmSync(installed, { recursive: true, force: true })
cpSync(join(project.folder, 'node_modules/eventwire'), installed, { recursive: true })
project.remove()

const jest = (name) => join('node_modules', name, 'bin/jest.js')
const ESM = ['--experimental-vm-modules', '--no-warnings']
const legs = [
  ['vitest 5 and msw 3 on Node 24', node24, ['node_modules/vitest/vitest.mjs', 'run']],
  ['Jest 30 on Node 24', node24, [...ESM, jest('jest'), 'jest.test.mjs']],
  ['node:test', process.execPath, ['--test', 'node.test.mjs']],
  ...['jest', 'jest-29'].flatMap((name) => [
    [`${name} with ES modules`, process.execPath, [...ESM, jest(name), 'jest.test.mjs']],
    [`${name} with CommonJS`, process.execPath, [jest(name), 'jest.test.cjs']],
  ]),
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
