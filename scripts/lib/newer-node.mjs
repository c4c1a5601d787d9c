import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** For programs some of whose peers need Node 22.19: runs the program on a newer Node, where this one is older. */
export function onNewerNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 19)) return
  const newer = fileURLToPath(new URL('../../test/runtimes/node_modules/node24/bin/node', import.meta.url))
  if (!existsSync(newer)) {
    console.error(
      `The peers need Node 22.19 or newer; this is ${process.version}. Run npm ci in test/runtimes for one.`,
    )
    process.exit(1)
  }
  process.exit(spawnSync(newer, process.argv.slice(1), { stdio: 'inherit' }).status ?? 1)
}
