// Runs before `npm start` and `npm test`: installs and builds when what is there is missing or
// older than its sources. Uses Node's own modules only, because nothing is installed yet.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const OLDEST = [20, 19]

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(`eventwire needs Node ${OLDEST.join('.')} or newer; this is ${process.version}`)
  process.exit(1)
}

const changedAt = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

function newestIn(folder) {
  let newest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) newest = Math.max(newest, changedAt(join(entry.parentPath ?? entry.path, entry.name)))
  }
  return newest
}

const lock = join(root, 'package-lock.json')
if (changedAt(join(root, 'node_modules/.package-lock.json')) < changedAt(lock)) {
  console.error('eventwire: installing dependencies')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
}

const built = changedAt(join(root, 'dist/index.d.ts'))
const sources = Math.max(
  newestIn(join(root, 'src')),
  newestIn(join(root, 'scripts')),
  changedAt(join(root, 'tsconfig.build.json')),
)
if (built < sources) {
  console.error('eventwire: building')
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root, stdio: ['ignore', 2, 2] })
}
