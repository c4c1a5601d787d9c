// `npm run api`: writes etc/api/NAME.api.md, a report of the public declarations of each subpath. With `--check`: fails where
// one of them is not what the built declarations say, so that a change of the API is seen in review.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SUBPATHS } from './subpaths.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'etc/api')
const isCheck = process.argv.includes('--check')
const changedAt = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

execFileSync(process.execPath, [join(root, 'scripts/ensure-ready.mjs')], { stdio: 'inherit' })
if (changedAt(join(folder, 'node_modules/.package-lock.json')) < changedAt(join(folder, 'package-lock.json'))) {
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
}
const { CompilerState, Extractor, ExtractorConfig } = createRequire(join(folder, 'package.json'))(
  '@microsoft/api-extractor',
)

const SILENT = { default: { logLevel: 'none' } }
const nameOf = (subpath) => (subpath === '.' ? 'index' : subpath.slice(2).replace('/', '-'))
const entryOf = (module) => join(root, 'dist', `${module}.d.ts`)

function configOf(subpath, module, temporary) {
  return ExtractorConfig.prepare({
    packageJsonFullPath: join(root, 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: entryOf(module),
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'ES2022',
            lib: ['ES2022', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable', 'ESNext.Disposable'],
            types: ['node'],
            module: 'NodeNext',
            strict: true,
            skipLibCheck: true,
          },
          files: [entryOf(module)],
        },
      },
      apiReport: {
        enabled: true,
        reportFolder: folder,
        reportTempFolder: temporary,
        reportFileName: `${nameOf(subpath)}.api.md`,
        // Types that are used in the API without being exported are part of it.
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: { compilerMessageReporting: SILENT, extractorMessageReporting: SILENT, tsdocMessageReporting: SILENT },
    },
  })
}

mkdirSync(folder, { recursive: true })
const temporary = mkdtempSync(join(tmpdir(), 'eventwire-api-'))
const log = console.log
const wrong = []
try {
  const configs = Object.entries(SUBPATHS).map(([subpath, module]) => [subpath, configOf(subpath, module, temporary)])
  const additionalEntryPoints = Object.values(SUBPATHS).map(entryOf)
  // The extractor tells of itself on the console.
  console.log = () => {}
  const compilerState = CompilerState.create(configs[0][1], { additionalEntryPoints })
  for (const [subpath, config] of configs) {
    const { apiReportChanged } = Extractor.invoke(config, {
      compilerState,
      localBuild: !isCheck,
      messageCallback: (message) => (message.handled = true),
    })
    if (apiReportChanged) wrong.push(`etc/api/${nameOf(subpath)}.api.md`)
    const leaked = /^ +(?:readonly )?_[a-z]\w*.*/m.exec(
      readFileSync(join(temporary, `${nameOf(subpath)}.api.md`), 'utf8'),
    )
    if (leaked) throw new Error(`${subpath} shows a name that the build shortens: ${leaked[0].trim()}`)
  }
} finally {
  console.log = log
  rmSync(temporary, { recursive: true, force: true })
}
if (wrong.length > 0) {
  console.log(
    isCheck ? `Not what the declarations say: ${wrong.join(', ')}. npm run api` : `Written: ${wrong.join(', ')}`,
  )
  process.exitCode = isCheck ? 1 : 0
}
