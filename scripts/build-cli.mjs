// Builds the command, dist/cli: bundled with its libraries. It imports the package by its public names, so this
// runs after the rest of dist/ is there.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = join(root, 'dist/cli')

rmSync(out, { recursive: true, force: true })

const shared = { absWorkingDir: root, bundle: true, logLevel: 'warning', legalComments: 'linked', minify: true }

await build({
  ...shared,
  entryPoints: { eventwire: 'src/cli/main.ts' },
  outdir: out,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // The command is a user of the package like any other.
  external: ['eventwire', 'eventwire/*'],
  // Libraries in the CommonJS format call require().
  banner: {
    js: `import { createRequire as _createRequire } from 'node:module';const require=_createRequire(import.meta.url);`,
  },
})
