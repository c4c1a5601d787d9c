// Builds dist/: JavaScript by tsup, declarations by tsc. One build at a time, because the tests
// and the demo may both ask for one.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })

run('node_modules/tsup/dist/cli-default.js', '--silent')
run('node_modules/@typescript/native/bin/tsc', '-p', 'tsconfig.build.json')
