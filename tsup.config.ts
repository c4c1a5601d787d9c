import { build } from 'esbuild'
import { readdirSync, readFileSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'

const entry = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((file) => `src/${file.replaceAll('\\', '/')}`)
  // The command is a program of its own, bundled with what it needs.
  .filter((file) => file.endsWith('.ts') && !file.startsWith('src/cli/'))

/** Properties of our own, which cost nothing under any target; `#private` ones become WeakMaps in a bundle for an older one. */
const mangleProps = /^_[a-z]/

/**
 * The short names of `_name` properties, the shortest for the parser's, then for those used most. All files of both formats must agree on them.
 * The underscore stays, so that they never meet a property that a subclass of a user has.
 */
async function shortNames(): Promise<Record<string, string>> {
  const { mangleCache } = await build({
    entryPoints: entry,
    outdir: 'dist',
    write: false,
    bundle: true,
    packages: 'external',
    mangleProps,
    mangleCache: {},
  })
  const uses = new Map<string, number>()
  for (const file of entry) {
    const weight = file.startsWith('src/parser/') ? 1000 : 1
    for (const [name] of readFileSync(file, 'utf8').matchAll(/\b_[a-z]\w*/g)) {
      uses.set(name, (uses.get(name) ?? 0) + weight)
    }
  }
  const names = Object.keys(mangleCache)
  names.sort((a, b) => (uses.get(b) ?? 0) - (uses.get(a) ?? 0) || (a < b ? -1 : 1))
  return Object.fromEntries(names.map((name, index) => [name, `_${lettersOf(index)}`]))
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

function lettersOf(index: number): string {
  const letter = LETTERS[index % LETTERS.length]!
  return index < LETTERS.length ? letter : lettersOf(Math.floor(index / LETTERS.length) - 1) + letter
}

export default defineConfig(async () => {
  const mangleCache = await shortNames()
  const common: Options = {
    // File by file, not bundled: a bundler of our users then drops each file that nothing imports, also where it
    // could not prove that a class without users has no side effects.
    entry,
    bundle: false,
    target: 'es2022',
    removeNodeProtocol: false,
    sourcemap: true,
    dts: false,
    outExtension: () => ({ js: '.js' }),
    esbuildOptions(options) {
      options.outbase = 'src'
      options.mangleProps = mangleProps
      options.mangleCache = mangleCache
    },
  }
  return [
    { ...common, format: 'esm', platform: 'neutral', outDir: 'dist' },
    // The platform makes esbuild list the names of each module, which `import()` of CommonJS reads.
    {
      ...common,
      format: 'cjs',
      platform: 'node',
      outDir: 'dist/cjs',
      esbuildOptions(options, context) {
        common.esbuildOptions!(options, context)
        // `require` in its place: Jest has no `import()` in CommonJS.
        options.supported = { 'dynamic-import': false }
      },
    },
  ]
})
