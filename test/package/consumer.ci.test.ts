import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

const COMPILERS = [
  { name: 'TypeScript 5.4', bin: 'node_modules/typescript-5.4/bin/tsc' },
  { name: 'the newest TypeScript', bin: 'node_modules/@typescript/native/bin/tsc' },
]

const DOM = ['DOM', 'DOM.Iterable']

describe.each(COMPILERS)('a consumer on $name', ({ bin }) => {
  it.each([
    { moduleResolution: 'NodeNext', lib: DOM },
    { moduleResolution: 'Bundler', lib: DOM, exactOptionalPropertyTypes: true },
    { moduleResolution: 'NodeNext', lib: [], exactOptionalPropertyTypes: true },
    // A page: without the types of Node, which bring `AsyncDisposable` along.
    { moduleResolution: 'Bundler', lib: DOM, exactOptionalPropertyTypes: true, files: ['page.ts'], types: [] },
  ])('compiles with %o', { timeout: 120_000 }, (row) => {
    const { moduleResolution, lib, exactOptionalPropertyTypes = false } = row
    const { files = ['index.ts', 'client.ts'], types = ['node'] } = row
    const folder = mkdtempSync(join(tmpdir(), 'eventwire-consumer-'))
    try {
      cpSync(join(root, 'test/package/consumer'), folder, { recursive: true })
      mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
      symlinkSync(root, join(folder, 'node_modules/eventwire'), 'junction')
      for (const name of ['@types/node', 'undici-types']) {
        symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'junction')
      }
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
      const compilerOptions = {
        target: 'ES2022',
        lib: ['ES2022', ...lib],
        module: moduleResolution === 'Bundler' ? 'ESNext' : 'NodeNext',
        moduleResolution,
        types,
        strict: true,
        exactOptionalPropertyTypes,
        noEmit: true,
        skipLibCheck: false,
      }
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
      execFileSync(process.execPath, [join(root, bin), '-p', folder], { encoding: 'utf8' })
    } catch (error) {
      throw new Error((error as { stdout?: string }).stdout || String(error), { cause: error })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
