import { build } from 'esbuild'
import { fileURLToPath } from 'node:url'
import { embeddedFixtures } from '../portable/embed-fixtures.mjs'

const PORTABLE = fileURLToPath(new URL('../portable/', import.meta.url))

const distOf = (name) => fileURLToPath(new URL(`../../dist/${name}index.js`, import.meta.url))

/** What the tests import from the sources comes from the package: through its exports, or bundled. */
const builtPackage = (isBundled) => ({
  name: 'built-package',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/src\/.*index\.js$/ }, ({ path }) => {
      const name = path.replace(/^.*\/src\//, '').replace(/index\.js$/, '')
      return isBundled ? { path: distOf(name) } : { path: `eventwire/${name}`.replace(/\/$/, ''), external: true }
    })
    onResolve({ filter: /^\.\/host\.js$/ }, () => ({ path: `${PORTABLE}host-runtime.ts` }))
    onResolve({ filter: /\/embedded-fixtures\.js$/ }, ({ path }) => ({ path, namespace: 'fixtures' }))
    onLoad({ filter: /./, namespace: 'fixtures' }, () => ({ contents: embeddedFixtures() }))
  },
})

/** Makes plain modules of the portable tests. They import `eventwire/...` and `node:...`, that for workerd nothing. */
export async function bundle(outdir) {
  const common = {
    bundle: true,
    outdir,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    outExtension: { '.js': '.mjs' },
    // Tests are imported for their effects.
    ignoreAnnotations: true,
  }
  await build({
    ...common,
    entryPoints: [`${PORTABLE}main.ts`, `${PORTABLE}stage-main.ts`],
    external: ['node:*'],
    plugins: [builtPackage(false)],
  })
  await build({ ...common, entryPoints: [`${PORTABLE}worker.ts`], plugins: [builtPackage(true)] })
}
