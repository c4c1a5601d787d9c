import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { commonJsManifest, jsrExports, manifestPart, stubFolders, stubs, SUBPATHS } from '../../scripts/subpaths.mjs'

type Module = { types: string; default: string }
type Conditions = { import: Module; require: Module }

const root = fileURLToPath(new URL('../..', import.meta.url))
const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
  exports: Record<string, Conditions>
  dependencies?: object
  version: string
  files: string[]
}

const subpaths = Object.keys(SUBPATHS)
const specifierOf = (subpath: string): string => subpath.replace('.', 'eventwire')

const readJson = (file: string): unknown => JSON.parse(readFileSync(`${root}/${file}`, 'utf8'))

function run(code: string, type: 'module' | 'commonjs', flags: string[] = []): string {
  return execFileSync(process.execPath, [...flags, `--input-type=${type}`, '--no-warnings', '-e', code], {
    cwd: root,
    encoding: 'utf8',
  })
}

const LIST_NAMES = `console.log(JSON.stringify(all.map((exports) => Object.keys(exports).sort())))`

describe('the built package', () => {
  it('has no runtime dependency', () => {
    expect(manifest.dependencies ?? {}).toEqual({})
  })

  it('gives the same names to import and to require', () => {
    const list = JSON.stringify(subpaths.map(specifierOf))
    const imported = run(`const all = await Promise.all(${list}.map((path) => import(path))); ${LIST_NAMES}`, 'module')
    const required = run(`const all = ${list}.map((path) => require(path)); ${LIST_NAMES}`, 'commonjs')
    expect(JSON.parse(required)).toEqual(JSON.parse(imported))
  })

  it('exports the public names of each subpath', () => {
    const names: Record<string, string[]> = {
      '.': ['encode', 'encodeComment', 'createParser', 'parse', 'events', 'EventDecoderStream', 'EventEncoderStream'],
      './encoder': ['encode', 'encodeComment', 'EncodeError'],
      './parser': ['createParser', 'parse', 'LimitError'],
      './streams': ['events', 'EventDecoderStream', 'EventEncoderStream'],
      './client': ['connect', 'ConnectError'],
      './server': ['eventStream', 'acceptsEventStream'],
    }
    for (const [subpath, wanted] of Object.entries(names)) {
      const found = JSON.parse(
        run(`console.log(JSON.stringify(Object.keys(await import('${specifierOf(subpath)}'))))`, 'module'),
      )
      expect(found).toEqual(expect.arrayContaining(wanted))
    }
  })

  it('works from an ES module and from require()', () => {
    const use = `console.log(JSON.stringify(parse(encode({ id: 1, data: 'a' }))))`
    const wanted = [{ event: 'message', data: 'a', id: '1' }]
    expect(JSON.parse(run(`import { encode, parse } from 'eventwire'; ${use}`, 'module'))).toEqual(wanted)
    expect(JSON.parse(run(`const { encode, parse } = require('eventwire'); ${use}`, 'commonjs'))).toEqual(wanted)
  })

  it('shows every name to import() of the CommonJS build, and to require() as Jest does it', () => {
    const files = subpaths.map((subpath) => manifest.exports[subpath]!.require.default.replace('.', root))
    const names = `Object.keys(exports).filter((name) => name !== 'default' && name !== 'module.exports').sort()`
    const list = `console.log(JSON.stringify(all.map((exports) => ${names})))`
    const found = run(
      `const all = await Promise.all(${JSON.stringify(files)}.map((f) => import(f))); ${list}`,
      'module',
    )
    const specifiers = JSON.stringify(subpaths.map(specifierOf))
    const wanted = run(`const all = await Promise.all(${specifiers}.map((path) => import(path))); ${list}`, 'module')
    expect(JSON.parse(found)).toEqual(JSON.parse(wanted))
    expect(JSON.parse(found).flat()).toContain('EventDecoderStream')
  })

  it('gives CommonJS to require(), whatever Node can load', () => {
    const code = `console.log(require.resolve('eventwire/parser'), typeof require('eventwire/parser').parse)`
    expect(run(code, 'commonjs')).toMatch(/dist.cjs.parser.index\.js function/)
  })

  it('two copies agree on what an error is', () => {
    const code = `
      import { createRequire } from 'node:module'
      import { isEventWireError } from 'eventwire'
      const other = createRequire(import.meta.url)('eventwire')
      const thrown = (run) => { try { run() } catch (error) { return error } }
      const error = thrown(() => other.encode({ data: 1 }))
      console.log(error instanceof TypeError, error.code, isEventWireError(error), isEventWireError(new TypeError('x')))`
    expect(run(code, 'module').trim()).toMatch(/^true ERR_ENCODE_\w+ true false$/)
  })

  it('has the manifest, the stubs and the ignored folders that follow from the list of subpaths', () => {
    expect(manifest).toMatchObject(manifestPart())
    expect(Object.keys(manifest.exports)).toEqual([...subpaths, './package.json'])
    expect(manifest.files).toEqual(expect.arrayContaining(stubFolders()))
    expect(readJson('dist/cjs/package.json')).toEqual(commonJsManifest)
    for (const { folder, manifest: stub } of stubs()) expect(readJson(`${folder}/package.json`)).toEqual(stub)
    expect(readJson('jsr.json')).toMatchObject({ version: manifest.version, exports: jsrExports() })
    const ignored = readFileSync(`${root}/.gitignore`, 'utf8').split('\n')
    expect(ignored).toEqual(expect.arrayContaining(stubFolders().map((folder) => `/${folder}/`)))
  })

  it.each(subpaths)('has declarations and a source map that leads to the sources: %s', (subpath) => {
    const { import: esm, require: commonJs } = manifest.exports[subpath]!
    for (const target of [esm, commonJs]) {
      expect(readFileSync(`${root}/${target.types}`, 'utf8')).not.toBe('')
      const map = readJson(`${target.default}.map`) as { sources: string[]; sourcesContent: string[] }
      const source = fileURLToPath(new URL(map.sources[0]!, `file://${root}/${target.default}`))
      expect(map.sourcesContent).toEqual([readFileSync(source, 'utf8')])
    }
  })

  it.each(['module', 'commonjs'] as const)('a stack trace names line and file of the source: %s', (type) => {
    const load = type === 'module' ? `import { encode } from 'eventwire'` : `const { encode } = require('eventwire')`
    const code = `${load}; try { encode({ data: 1 }) } catch (error) { console.log(error.stack) }`
    const [, file, line] = /at .*?src[\\/](.*?\.ts):(\d+)/.exec(run(code, type, ['--enable-source-maps']))!
    expect(readFileSync(`${root}/src/${file}`, 'utf8').split('\n')[Number(line) - 1]).toMatch(/throw|new EncodeError/)
  })
})
