import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts', 'src/**/index.ts'],
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  external: [/^node:/],
  removeNodeProtocol: false,
  splitting: true,
  sourcemap: true,
  clean: true,
  dts: false,
})
