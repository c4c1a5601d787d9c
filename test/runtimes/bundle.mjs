import { build } from 'esbuild'
import { fileURLToPath } from 'node:url'
import { embeddedFixtures } from '../portable/embed-fixtures.mjs'

const PORTABLE = fileURLToPath(new URL('../portable/', import.meta.url))
const ON_NODE = ['main', 'stage-main', 'page-main']

/** What the tests import from the sources comes from the package that `project` has: as it stands, or bundled. */
const installedPackage = (project, { isBundled = false, host = 'host-runtime.ts' }) => ({
  name: 'installed-package',
  setup(bundler) {
    bundler.onResolve({ filter: /\/src\/.*\.js$/ }, ({ path, kind }) => {
      const name = path.replace(/^.*\/src\//, '').replace(/\/?[\w-]+\.js$/, '')
      const subpath = `eventwire/${name}`.replace(/\/$/, '')
      return isBundled ? bundler.resolve(subpath, { kind, resolveDir: project }) : { path: subpath, external: true }
    })
    bundler.onResolve({ filter: /^\.\/host(-runtime)?\.js$/ }, () => ({ path: `${PORTABLE}${host}` }))
    bundler.onResolve({ filter: /\/embedded-fixtures\.js$/ }, ({ path }) => ({ path, namespace: 'fixtures' }))
    bundler.onLoad({ filter: /./, namespace: 'fixtures' }, () => ({ contents: embeddedFixtures() }))
  },
})

/**
 * Makes plain modules of the portable tests, in `project`. They import `eventwire/...` and `node:...`; those for workerd
 * and for pages import nothing.
 */
export async function bundle(project) {
  const common = {
    bundle: true,
    outdir: project,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    outExtension: { '.js': '.mjs' },
    // Tests are imported for their effects.
    ignoreAnnotations: true,
  }
  const installed = { external: ['node:*'], plugins: [installedPackage(project, {})] }
  const cases = [`${PORTABLE}cases.ts`]
  await Promise.all([
    build({ ...common, ...installed, entryPoints: [...ON_NODE.map((name) => `${PORTABLE}${name}.ts`), ...cases] }),
    build({ ...common, ...installed, entryPoints: cases, format: 'cjs', outExtension: { '.js': '.cjs' } }),
    build({
      ...common,
      entryPoints: [`${PORTABLE}worker.ts`],
      plugins: [installedPackage(project, { isBundled: true })],
    }),
    build({
      ...common,
      entryPoints: [`${PORTABLE}page.ts`],
      plugins: [installedPackage(project, { isBundled: true, host: 'host-page.ts' })],
    }),
    build({ ...common, ...installed, entryPoints: [`${PORTABLE}hermes.ts`] }),
  ])
}
