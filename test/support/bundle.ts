import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Bundles `code`, an ES module that imports from `eventwire/...`, out of the built package. */
export async function bundle(
  code: string,
  options: { format?: 'esm' | 'iife'; minify?: boolean; lowered?: boolean } = {},
): Promise<string> {
  const result = await build({
    stdin: { contents: code, resolveDir: root, loader: 'js' },
    bundle: true,
    write: false,
    minify: options.minify ?? false,
    format: options.format ?? 'esm',
    target: options.lowered ? ['es2020', 'chrome87', 'safari14'] : 'es2022',
    ...(options.lowered && { supported: { destructuring: true } }),
    platform: 'neutral',
    external: ['node:*'],
    legalComments: 'none',
  })
  return result.outputFiles[0]!.text
}
