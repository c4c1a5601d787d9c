// `npm run docs`: builds the site into site/dist. `--serve` shows it while it is written; `floors` draws docs/architecture.svg,
// or, with `--check`, fails where it is not current; `test` tries the built site in Chromium.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const site = join(root, 'site')
const changedAt = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

execFileSync(process.execPath, [join(root, 'scripts/ensure-ready.mjs')], { stdio: 'inherit' })
if (changedAt(join(site, 'node_modules/.package-lock.json')) < changedAt(join(site, 'package-lock.json'))) {
  console.error('eventwire: installing what builds the site')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: site,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
}

const [what, ...flags] = process.argv.slice(2)
const vitepress = 'node_modules/vitepress/bin/vitepress.js'
const COMMANDS = {
  '--serve': [[vitepress, 'dev']],
  reference: [['reference.mjs', ...flags]],
  floors: [['floors.mjs', ...flags]],
  figures: [['../scripts/figures.mjs', ...flags]],
  test: [['test.mjs', ...flags]],
}
const commands = what === undefined ? [[vitepress, 'build']] : COMMANDS[what]
if (commands === undefined) {
  console.error(`docs: ${what} is none of ${Object.keys(COMMANDS).join(', ')}`)
  process.exit(2)
}
for (const args of commands) {
  const { status } = spawnSync(process.execPath, args, { cwd: site, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
if (what === undefined) console.log(`The site is in ${join(site, 'dist')}; \`npm run docs -- --serve\` shows it.`)
