import { execFile, fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withChecks } from './checks.js'
import type { Snippet } from './snippets.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const COMPILER = join(ROOT, 'node_modules/@typescript/native/bin/tsc')
const RUNNER = join(ROOT, 'test/support/snippets/runner.mjs')

/** What is wrong with each snippet, by its name; an empty list where nothing is. */
export type Problems = Record<string, string[]>

const COMPILER_OPTIONS = {
  target: 'ES2022',
  lib: ['ES2022', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable', 'ESNext.Disposable'],
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  moduleDetection: 'force',
  types: ['node'],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
}

/**
 * Type-checks all snippets, and runs those that run, as ES modules of a package that depends on the
 * built eventwire and on what is installed here: two child processes in all.
 */
export async function runSnippets(snippets: Snippet[]): Promise<Problems> {
  const folder = mkdtempSync(join(tmpdir(), 'eventwire-snippets-'))
  try {
    const home = join(folder, 'home')
    mkdirSync(join(home, 'node_modules'), { recursive: true })
    symlinkSync(ROOT, join(home, 'node_modules/eventwire'), 'junction')
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction')
    writeFileSync(join(home, 'package.json'), JSON.stringify({ type: 'module' }))

    const problems: Problems = Object.fromEntries(snippets.map(({ name }) => [name, []]))
    for (const found of await Promise.all([compileAll(home, snippets), runAll(home, snippets)])) {
      for (const [name, list] of Object.entries(found)) problems[name]?.push(...list)
    }
    return problems
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compileAll(home: string, snippets: Snippet[]): Promise<Problems> {
  const files = snippets.map((_, index) => `snippet-${index}.ts`)
  for (const [index, { code }] of snippets.entries()) writeFileSync(join(home, files[index]!), code)
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files }))

  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, [COMPILER, '-p', '.', '--pretty', 'false'], { cwd: home }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    )
  })
  const problems: Problems = {}
  for (const [line, index] of output.matchAll(/^snippet-(\d+)\.ts.*(?:\n +.*)*/gm)) {
    const name = snippets[Number(index)]!.name
    ;(problems[name] ??= []).push(line)
  }
  if (output !== '' && Object.keys(problems).length === 0) throw new Error(output)
  return problems
}

async function runAll(home: string, snippets: Snippet[]): Promise<Problems> {
  const problems: Problems = {}
  const ready = snippets.flatMap(({ name, code, runs }, index) => {
    if (!runs) return []
    try {
      const { code: javascript, claims } = withChecks(name, code)
      const path = join(home, `snippet-${index}.mjs`)
      writeFileSync(path, javascript)
      return [{ name, path, claims }]
    } catch (error) {
      problems[name] = [String(error)]
      return []
    }
  })
  const child = fork(RUNNER, {
    execArgv: [],
    env: { ...process.env, EVENTWIRE_SNIPPETS: JSON.stringify(ready) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let stderr = ''
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)))
  const found = await new Promise<Problems>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Problems))
    child.once('exit', (code) => reject(new Error(`The snippets ended their process with code ${code}.\n${stderr}`)))
  })
  return { ...found, ...problems }
}
