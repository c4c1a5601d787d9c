import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

/** The version of an installed package; of ours, from its own manifest. */
export function versionOf(name) {
  const manifest = name === 'eventwire' ? '../../package.json' : `../node_modules/${name}/package.json`
  const file = join(here, manifest)
  if (!existsSync(file)) throw new Error(`${name} is not installed. Run npm ci in bench/.`)
  return JSON.parse(readFileSync(file, 'utf8')).version
}
