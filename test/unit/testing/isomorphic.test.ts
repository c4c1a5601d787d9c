import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

it('what runs anywhere imports nothing of Node, the suites included', async () => {
  const entry = fileURLToPath(new URL('../../../src/testing/index.ts', import.meta.url))
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'esm',
  })
  // Where it is asked for first, a host may have it or not.
  const text = outputFiles[0]!.text.replaceAll(/typeof Buffer === "function" \?.*/g, '')
  expect(text).not.toMatch(/["']node:|\bBuffer\b|\bprocess\.\w/)
})
