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
  expect(outputFiles[0]!.text).not.toMatch(/["']node:|\bBuffer\b|\bprocess\./)
})
