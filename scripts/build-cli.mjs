// Builds the command, dist/cli: the programs bundled with their libraries, and the inspector page. It imports the package by its public names, so this
// runs after the rest of dist/ is there.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = join(root, 'dist/cli')

rmSync(out, { recursive: true, force: true })

const shared = { absWorkingDir: root, bundle: true, logLevel: 'warning', legalComments: 'linked', minify: true }

await build({
  ...shared,
  entryPoints: {
    eventwire: 'src/cli/main.ts',
    inspector: 'src/cli/inspect/start-inspector.ts',
    'suite-worker': 'src/cli/check/suite-worker.ts',
  },
  outdir: out,
  // A command loads what it needs and no more: `tail` starts in half the time.
  splitting: true,
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

mkdirSync(join(out, 'page'))
await build({
  ...shared,
  entryPoints: { app: 'src/cli/page/main.tsx', style: 'src/cli/page/style.css' },
  outdir: join(out, 'page'),
  platform: 'browser',
  target: 'es2022',
  format: 'esm',
  jsx: 'automatic',
  jsxImportSource: 'preact',
})
copyFileSync(join(root, 'src/cli/page/index.html'), join(out, 'page/index.html'))
