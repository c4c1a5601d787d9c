// Writes docs/reference from the doc comments of what each subpath exports, and lists what they leave unsaid. --check fails
// where the pages are not current.
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application } from 'typedoc'
import { SUBPATHS } from '../scripts/subpaths.mjs'
import { linkExamples, unsaid, withoutNoise } from './reference-content.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const reference = join(root, 'docs/reference')

// The first module that exports a name has its page; the others refer to it. So what is made of other parts comes last.
const LAST = ['./runs', './redis', './sqlite', './testing', './testing/server', './testing/arbitraries', '.']
const subpaths = Object.keys(SUBPATHS).toSorted((a, b) => LAST.indexOf(a) - LAST.indexOf(b))
const application = await Application.bootstrapWithPlugins({
  entryPoints: subpaths.map((subpath) => join(root, `src/${SUBPATHS[subpath]}.ts`)),
  tsconfig: join(root, 'tsconfig.build.json'),
  plugin: ['typedoc-plugin-markdown'],
  readme: 'none',
  logLevel: 'Warn',
  // Links to lines of the source would change with every line above them.
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  // `npm run types` is what checks the types.
  skipErrorChecking: true,
  validation: { notExported: false, invalidLink: true, rewrittenLink: true },
  outputFileStrategy: 'modules',
  entryFileName: 'README',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  groupOrder: ['Functions', 'Variables', 'Classes', 'Interfaces', 'Type Aliases', 'References'],
  sortEntryPoints: false,
  sort: ['source-order'],
})
const project = await application.convert()
if (project === undefined) process.exit(1)
for (const module of project.children ?? []) {
  const subpath = subpaths.find((name) => SUBPATHS[name].replace(/\/index$/, '') === module.name)
  if (subpath === undefined) throw new Error(`docs/reference: no subpath is called ${module.name}`)
  module.name = subpath.replace('.', 'eventwire')
}
withoutNoise(project)
linkExamples(project)

const missing = unsaid(project)
for (const line of missing) console.error(`nothing is said of ${line}`)

const out = mkdtempSync(join(tmpdir(), 'eventwire-reference-'))
try {
  application.options.setValue('out', out)
  await application.generateOutputs(project)
  if (process.argv.includes('--check')) {
    const stale = stalePages(out)
    for (const name of stale) console.error(`docs/reference/${name} is not current. Run \`npm run docs -- reference\`.`)
    if (stale.length > 0) process.exitCode = 1
  } else {
    rmSync(reference, { recursive: true, force: true })
    cpSync(out, reference, { recursive: true })
  }
} finally {
  rmSync(out, { recursive: true, force: true })
}
if (missing.length > 0 || application.logger.hasErrors() || application.logger.hasWarnings()) process.exitCode = 1

function stalePages(fresh) {
  const names = new Set([fresh, reference].flatMap((folder) => pagesIn(folder)))
  const read = (folder, name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : undefined)
  return [...names].filter((name) => read(fresh, name) !== read(reference, name))
}

function pagesIn(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'))
}
