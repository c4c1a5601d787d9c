import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
  exports: Record<string, string | { types: string; default: string }>
  dependencies?: object
}

/** Subpaths that stand on an optional peer; what they need is installed here. */
const subpaths = Object.keys(manifest.exports).filter((path) => path !== './package.json')
const specifierOf = (subpath: string): string => subpath.replace('.', 'eventwire')

function run(code: string, type: 'module' | 'commonjs'): string {
  return execFileSync(process.execPath, [`--input-type=${type}`, '--no-warnings', '-e', code], {
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

  it('has declarations and a source map beside every entry', () => {
    for (const target of Object.values(manifest.exports)) {
      if (typeof target === 'string') continue
      expect(readFileSync(`${root}/${target.types}`, 'utf8')).not.toBe('')
      expect(readFileSync(`${root}/${target.default}.map`, 'utf8')).toContain('"sources"')
    }
  })
})
