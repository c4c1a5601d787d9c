import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { SUBPATHS } from '../../scripts/subpaths.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const require = createRequire(import.meta.url)

type Exports = Record<string, new (...given: unknown[]) => unknown>

/** Loads what was built in a context that has the language and `globals`, and no more. */
async function load(file: string, globals: object): Promise<Exports> {
  const { outputFiles } = await build({
    entryPoints: [`${root}/${file}`],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'neutral',
    packages: 'external',
  })
  const module = { exports: {} }
  runInContext(outputFiles[0]!.text, createContext({ ...globals, module, exports: module.exports, require }))
  return module.exports
}

describe.each(['dist', 'dist/cjs'])('%s', (folder) => {
  it.each(Object.entries(SUBPATHS))('%s is imported on a host that has next to nothing', async (_, module) => {
    await load(`${folder}/${module}.js`, { TextEncoder, TextDecoder, queueMicrotask })
  })

  it.each([
    { module: 'streams/index', name: 'EventDecoderStream', missing: 'TransformStream', globals: {} },
    { module: 'streams/index', name: 'EventEncoderStream', missing: 'TransformStream', globals: {} },
    { module: 'eventsource/index', name: 'EventSource', missing: 'EventTarget', globals: { Event, MessageEvent } },
  ])('$name says that it needs $missing', async ({ module, name, missing, globals }) => {
    const exports = await load(`${folder}/${module}.js`, { TextEncoder, TextDecoder, URL, ...globals })
    let thrown: unknown
    try {
      thrown = new exports[name]!(...(name === 'EventSource' ? ['http://localhost/'] : []))
    } catch (error) {
      thrown = error
    }
    expect((thrown as Error).message).toContain(`${name} needs ${missing}`)
  })
})
