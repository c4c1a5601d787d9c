import { defineConfig } from 'tsup'

export default defineConfig({
  // File by file, not bundled: a bundler of our users then drops each file that nothing imports, also where it
  // could not prove that a class without users has no side effects.
  entry: ['src/**/*.ts'],
  bundle: false,
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  removeNodeProtocol: false,
  sourcemap: true,
  clean: true,
  dts: false,
})
