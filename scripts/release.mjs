// Publishes what was built: node scripts/release.mjs npm|jsr [--dry-run]. A dry run says what would be published, and fails where
// the registry's own checks do.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stageForJsr, stageForNpm } from './lib/staged.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const isDry = process.argv.includes('--dry-run')
const folder = mkdtempSync(join(tmpdir(), 'eventwire-release-'))

function run(file, args) {
  const { status } = spawnSync(file, args, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' })
  return status ?? 1
}

const REGISTRIES = {
  npm() {
    stageForNpm(folder)
    return run('npm', [
      'publish',
      '--access',
      'public',
      '--ignore-scripts',
      ...(isDry ? ['--dry-run'] : ['--provenance']),
    ])
  },
  jsr() {
    stageForJsr(folder, isDry ? 'owner' : undefined)
    const deno = join(root, 'test/runtimes/node_modules/.bin/deno')
    if (existsSync(deno)) return run(deno, ['publish', '--allow-dirty', ...(isDry ? ['--dry-run'] : [])])
    console.error('Deno is not there: npm ci in test/runtimes')
    return 1
  },
}

const registry = REGISTRIES[process.argv[2]]
try {
  if (registry) process.exitCode = registry()
  else {
    console.error(`Name a registry: ${Object.keys(REGISTRIES).join(', ')}`)
    process.exitCode = 2
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
