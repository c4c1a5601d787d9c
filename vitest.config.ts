import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{unit,spec,property,integration,package}/**/*.test.ts'],
    // What needs a Redis or an nginx runs with vitest.ci.config.ts.
    exclude: ['test/integration/ci/**'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
})
