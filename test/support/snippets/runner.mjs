// Imports each snippet of a folder, one after the other, and sends what became of it to the parent.
import { deepStrictEqual } from 'node:assert/strict'
import { pathToFileURL } from 'node:url'

const TIMEOUT = 20_000

/** `{ name, path, claims }[]` */
const snippets = JSON.parse(process.env.EVENTWIRE_SNIPPETS)
const checked = new Map(snippets.map(({ name }) => [name, new Set()]))
const problems = new Map(snippets.map(({ name }) => [name, []]))
let current

globalThis.__check = (name, index, actual, expected) => {
  checked.get(name).add(index)
  deepStrictEqual(actual, expected)
}

const note = (name, error) => problems.get(name).push(error instanceof Error ? error.stack : String(error))
process.on('unhandledRejection', (error) => note(current, error))
process.on('uncaughtException', (error) => note(current, error))

for (const { name, path, claims } of snippets) {
  current = name
  let timer
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${TIMEOUT} ms`)), TIMEOUT)
  })
  try {
    await Promise.race([import(pathToFileURL(path)), timeout])
  } catch (error) {
    note(name, error)
  }
  clearTimeout(timer)
  // What it has left behind, a rejection for one, is its own still.
  await new Promise((resolve) => setImmediate(resolve))
  claims.forEach((claim, index) => {
    if (!checked.get(name).has(index)) note(name, `never came to the claim behind: ${claim}`)
  })
}

process.send(Object.fromEntries(problems), () => process.exit(0))
