// An empty project outside the repository, with the package as npm would publish it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stageForNpm } from '../../scripts/lib/staged.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const npm = (args, cwd) =>
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], shell: process.platform === 'win32' })

/**
 * Builds where sources are newer, packs, and installs the tarball. The caller removes it.
 *
 * @returns {{ folder: string, remove(): void }}
 */
export function makeProject(type = 'module') {
  execFileSync(process.execPath, [join(root, 'scripts/ensure-ready.mjs')], { stdio: 'inherit' })
  const folder = mkdtempSync(join(tmpdir(), 'eventwire-project-'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'project', private: true, type }))
  const staged = join(folder, 'staged')
  stageForNpm(staged)
  npm(['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], staged)
  rmSync(staged, { recursive: true })
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'))
  // It has no dependencies, so nothing is fetched.
  npm(['install', '--offline', '--no-audit', '--no-fund', '--loglevel=error', `./${tarball}`], folder)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** A second project that has the package of `project`, with another kind of modules. */
export function siblingOf({ folder }, name, type) {
  const sibling = join(folder, name)
  mkdirSync(sibling)
  writeFileSync(join(sibling, 'package.json'), JSON.stringify({ name, private: true, type }))
  return sibling
}
