// React Native: Metro bundles the package with React Native's own configuration, as a project's first line takes it in. The
// compiler of today's engine takes what comes out, and each file that is shipped as it stands. The engine of this machine,
// which is an older one, runs the portable tests.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const here = dirname(fileURLToPath(import.meta.url))
/** What it needs is in a folder of its own. */
export const hermesFolder = join(here, 'hermes')
const modules = join(hermesFolder, 'node_modules')
const require = createRequire(join(hermesFolder, 'package.json'))
const run = promisify(execFile)
const PLATFORM = { linux: 'linux64-bin', darwin: 'osx-bin', win32: 'win64-bin' }[process.platform]
const COMPILER = join(modules, 'hermes-compiler/hermesc', PLATFORM, 'hermesc')
const ENGINE = join(modules, 'hermes-engine-cli', PLATFORM, 'hermes')

/** What is there before an app begins, the first line of a project that takes the package in, and the tests. */
const INDEX = `import './setup'
import { connect } from 'eventwire/client'
if (typeof connect !== 'function') throw new Error('There is no connect().')
import './main'
`

/** Programs for Node and what tests are made of have no place in an app. */
const NOT_FOR_APPS = /^(cli|redis|server|sqlite|testing)\//

async function bundle(folder, { profile, exports }) {
  const { getDefaultConfig, mergeConfig } = require('@react-native/metro-config')
  const { runBuild } = require('metro')
  const { FileStore } = require('metro-cache')
  const config = mergeConfig(getDefaultConfig(folder), {
    resolver: { nodeModulesPaths: [modules], unstable_enablePackageExports: exports },
    // React Native's own set-up needs a phone.
    serializer: { getModulesRunBeforeMainModule: () => [] },
    watchFolders: [dirname(folder), modules],
    reporter: { update() {} },
    maxWorkers: 1,
    cacheStores: [new FileStore({ root: join(folder, 'cache') })],
  })
  const out = join(folder, `${profile}-${exports ? 'exports' : 'stubs'}`)
  await runBuild(config, {
    entry: 'index.js',
    platform: 'android',
    dev: false,
    minify: false,
    out,
    customTransformOptions: {},
    unstable_transformProfile: profile,
  })
  return existsSync(out) ? out : `${out}.js`
}

const compile = (file) => run(COMPILER, ['-O', '-w', '-emit-binary', '-out', `${file}.hbc`, file])

/** A project with `hermes-main.mjs`, the portable tests, as its first module. */
function makeApp(project) {
  const folder = join(project, 'react-native')
  if (existsSync(folder)) return folder
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true }))
  writeFileSync(
    join(folder, 'babel.config.js'),
    `module.exports = { presets: [${JSON.stringify(require.resolve('@react-native/babel-preset'))}] }\n`,
  )
  cpSync(join(project, 'hermes.mjs'), join(folder, 'main.js'))
  cpSync(join(hermesFolder, 'setup.js'), join(folder, 'setup.js'))
  writeFileSync(join(folder, 'index.js'), INDEX)
  return folder
}

// Until 0.78 React Native's Metro knew no "exports": it finds the folders of the subpaths.
async function passes(project, exports) {
  const folder = makeApp(project)
  // What the compiler takes does not depend on how the files were found.
  if (exports) await compile(await bundle(folder, { profile: 'hermes-stable', exports }))
  const { stdout } = await run(ENGINE, ['-w', '-O', await bundle(folder, { profile: 'default', exports })])
  return { passed: /^passed$/m.test(stdout), output: stdout }
}

async function compilesEachFile(project) {
  const root = join(project, 'node_modules/eventwire/dist/cjs')
  const files = readdirSync(root, { recursive: true })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.js') && !NOT_FOR_APPS.test(file))
  const failed = []
  for (const file of files) await compile(join(root, file)).catch(({ stderr }) => failed.push(`${file}: ${stderr}`))
  const counted = `${files.length - failed.length} of ${files.length} files compile`
  return { passed: files.length > 50 && failed.length === 0, output: [counted, ...failed].join('\n') }
}

/** @param project the folder of a project that has the package, and the portable tests for Hermes */
export async function reactNative(project) {
  const output = []
  try {
    const steps = [() => compilesEachFile(project), () => passes(project, true), () => passes(project, false)]
    for (const step of steps) {
      const result = await step()
      output.push(result.output)
      if (!result.passed) return { passed: false, output: output.join('\n') }
    }
    return { passed: true, output: '' }
  } catch (error) {
    return { passed: false, output: String(error.stdout || error.stack) }
  }
}
