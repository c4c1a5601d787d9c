import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'

const dist = fileURLToPath(new URL('../../dist', import.meta.url))

/** Whether a module names a `#private` member: such a name is a token of its own, whatever strings and comments say. */
function hasPrivateNames(text: string): boolean {
  if (!/#\w/.test(text)) return false
  const look = (node: ts.Node): boolean => ts.isPrivateIdentifier(node) || (ts.forEachChild(node, look) ?? false)
  return look(ts.createSourceFile('module.js', text, ts.ScriptTarget.Latest))
}

it('tells a private name from text that looks like one', () => {
  expect(hasPrivateNames('class A { #x = 1; get() { return this.#x } }')).toBe(true)
  expect(hasPrivateNames('// this.#x\nclass A { x = "this.#x" }')).toBe(false)
})

it('publishes no private field: a bundler for an older target makes a WeakMap of each', () => {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    // The command is a program, which nobody bundles.
    .filter((file) => file.endsWith('.js') && !file.startsWith('cli/'))
  expect(files.length).toBeGreaterThan(300)
  expect(files.filter((file) => hasPrivateNames(readFileSync(join(dist, file), 'utf8')))).toEqual([])
})
