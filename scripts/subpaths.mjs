// The list of what can be imported. The exports of package.json and jsr.json, the stubs, the reports of the API and the
// tests follow from it: add a line here, then `npm run subpaths`.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Each subpath, and the module in `src` that it opens. */
export const SUBPATHS = {
  '.': 'index',
  './parser': 'parser/index',
  './encoder': 'encoder/index',
  './streams': 'streams/index',
  './client': 'client/index',
  './eventsource': 'eventsource/index',
  './polyfill': 'eventsource/polyfill',
  './server': 'server/index',
  './runs': 'runs/index',
  './redis': 'redis/index',
  './sqlite': 'sqlite/index',
  './testing': 'testing/index',
  './testing/server': 'testing/server/index',
  './testing/arbitraries': 'testing/arbitraries/index',
}

/** Modules that change something just by being imported. A bundler must not drop them. */
const WITH_SIDE_EFFECTS = ['eventsource/polyfill']

const moduleAt = (folder, module) => ({ types: `./${folder}/${module}.d.ts`, default: `./${folder}/${module}.js` })

/** The part of package.json that follows from the list. */
export function manifestPart() {
  const exports = {}
  for (const [subpath, module] of Object.entries(SUBPATHS)) {
    exports[subpath] = { import: moduleAt('dist', module), require: moduleAt('dist/cjs', module) }
  }
  exports['./package.json'] = './package.json'
  return {
    main: './dist/cjs/index.js',
    module: './dist/index.js',
    types: './dist/cjs/index.d.ts',
    sideEffects: ['dist', 'dist/cjs'].flatMap((folder) => WITH_SIDE_EFFECTS.map((name) => `./${folder}/${name}.js`)),
    exports,
  }
}

/** What makes `dist/cjs` CommonJS. Bundlers look for side effects in the nearest package.json too. */
export const commonJsManifest = { type: 'commonjs', sideEffects: WITH_SIDE_EFFECTS.map((name) => `./${name}.js`) }

/**
 * A folder for each subpath, with a package.json. Resolvers that know no "exports" find the subpath there: TypeScript's
 * `node10`, Metro before 0.82, Jest 27, webpack 4.
 */
export function stubs() {
  return Object.entries(SUBPATHS)
    .filter(([subpath]) => subpath !== '.')
    .map(([subpath, module]) => {
      const folder = subpath.slice(2)
      const up = '../'.repeat(folder.split('/').length)
      const manifest = {
        main: `${up}dist/cjs/${module}.js`,
        module: `${up}dist/${module}.js`,
        types: `${up}dist/cjs/${module}.d.ts`,
      }
      return { folder, manifest }
    })
}

/** The folders of the stubs at the root, which git ignores and npm publishes. */
export const stubFolders = () => [...new Set(stubs().map(({ folder }) => folder.split('/')[0]))]

export const jsrExports = () =>
  Object.fromEntries(Object.entries(SUBPATHS).map(([subpath, module]) => [subpath, `./dist/${module}.js`]))

const root = fileURLToPath(new URL('..', import.meta.url))

function rewrite(name, change) {
  const file = join(root, name)
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, `${JSON.stringify(change(manifest), null, 2)}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  rewrite('package.json', (manifest) => {
    const others = manifest.files.filter((name) => !/^[a-z]+$/.test(name) || name === 'dist')
    return { ...manifest, ...manifestPart(), files: [...others, ...stubFolders()] }
  })
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  rewrite('jsr.json', (manifest) => ({ ...manifest, version, exports: jsrExports() }))
  const file = join(root, '.gitignore')
  const [before] = readFileSync(file, 'utf8').split('# Stubs')
  const folders = stubFolders().map((name) => `/${name}/\n`)
  writeFileSync(file, `${before}# Stubs of the subpaths, written by the build\n${folders.join('')}`)
}
