import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Bundles `code`, an ES module that imports from `eventwire/...`, out of the built package. */
export async function bundle(
  code: string,
  options: { format?: 'esm' | 'iife'; minify?: boolean } = {},
): Promise<string> {
  const result = await build({
    stdin: { contents: code, resolveDir: root, loader: 'js' },
    bundle: true,
    write: false,
    minify: options.minify ?? false,
    format: options.format ?? 'esm',
    target: 'es2022',
    platform: 'neutral',
    external: ['node:*'],
    legalComments: 'none',
  })
  return result.outputFiles[0]!.text
}
