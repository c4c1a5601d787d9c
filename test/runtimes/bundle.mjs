import { build } from 'esbuild'
import { fileURLToPath } from 'node:url'
import { embeddedFixtures } from '../portable/embed-fixtures.mjs'

const PORTABLE = fileURLToPath(new URL('../portable/', import.meta.url))

const builtPackage = {
  name: 'built-package',
  setup({ onResolve, onLoad }) {
    // What the tests import from the sources comes from the package, through its exports.
    onResolve({ filter: /\/src\/.*index\.js$/ }, ({ path }) => {
      const name = path.replace(/^.*\/src\//, '').replace(/\/?index\.js$/, '')
      return { path: `eventwire/${name}`, external: true }
    })
    onResolve({ filter: /^\.\/host\.js$/ }, () => ({ path: `${PORTABLE}host-runtime.ts` }))
    onResolve({ filter: /\/embedded-fixtures\.js$/ }, ({ path }) => ({ path, namespace: 'fixtures' }))
    onLoad({ filter: /./, namespace: 'fixtures' }, () => ({ contents: embeddedFixtures() }))
  },
}

/** Makes plain modules of the portable tests. They import `eventwire/...` and, the worker apart, `node:...`. */
export async function bundle(outdir) {
  const common = { bundle: true, outdir, format: 'esm', target: 'es2022', outExtension: { '.js': '.mjs' } }
  await build({
    ...common,
    entryPoints: [`${PORTABLE}main.ts`, `${PORTABLE}stage-main.ts`],
    platform: 'neutral',
    ignoreAnnotations: true,
    external: ['node:*'],
    plugins: [builtPackage],
  })
}
